/** Turns that the page could not hand over before it went away: kept in this tab, sent when it comes back. */

import { postTurn } from "../api.js";

/** @typedef {import("../types.js").Turn} Turn */

const KEY = "vivavoce.unsent";

/** @param {string} conversationId @param {Turn[]} turns @param {{mode: string, provider: string}} how */
export function keepUnsent(conversationId, turns, how) {
  if (turns.length) sessionStorage.setItem(KEY, JSON.stringify({ conversationId, turns, how }));
}

/**
 * Send what an earlier page left. Sending twice does no harm: the server knows the item.
 * @param {string|null} conversationId  of this page
 * @param {(turn: Turn, html: string) => void} onSent
 */
export async function sendUnsent(conversationId, onSent) {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (!kept) return;
  for (const turn of kept.turns) {
    try {
      const html = await postTurn(kept.conversationId, turn, kept.how);
      if (kept.conversationId === conversationId) onSent(turn, html);
    } catch (error) {
      if (Object(error).status !== 404) throw error; // deleted meanwhile: nothing to keep it for
    }
  }
  sessionStorage.removeItem(KEY);
}
