/** What the server is asked for in a new session. Pure. */

/** @typedef {import("../types.js").SessionWishes} SessionWishes */

/**
 * Always in one order, since a key that was minted ahead is found again by its wishes.
 * @param {{mode?: string, conversationId: string|null} & SessionWishes} wanted
 * @returns {{mode?: string, conversation_id?: string|null, voice?: string}}  and the others
 */
export function wishesFor({ mode, conversationId, voice, language, instructions, model }) {
  const wishes = { mode, conversation_id: conversationId, voice, language, instructions, model };
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined && value !== ""));
}

/**
 * The wishes among the options of a call.
 * @param {SessionWishes} options
 * @returns {SessionWishes}
 */
export function wishesIn({ voice, language, instructions, model }) {
  return { voice, language, instructions, model };
}
