/** Names of Realtime events: older spellings become today's, harmless errors are known. Pure. */

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

/** Source: reference of the Realtime API, beta against general availability. */
const TODAYS_NAME = new Map([
  ["response.audio.delta", "response.output_audio.delta"],
  ["response.audio.done", "response.output_audio.done"],
  ["response.audio_transcript.delta", "response.output_audio_transcript.delta"],
  ["response.audio_transcript.done", "response.output_audio_transcript.done"],
  ["response.text.delta", "response.output_text.delta"],
  ["response.text.done", "response.output_text.done"],
  ["conversation.item.created", "conversation.item.added"],
]);

/** They tell of a race that ended well; nobody needs to hear of it. */
const HARMLESS = new Set([
  "response_cancel_not_active",
  "input_audio_buffer_commit_empty",
  "conversation_already_has_active_response",
]);

/**
 * Read one message of the data channel.
 * @param {unknown} message
 * @returns {RealtimeEvent|null} null if it is not an event
 */
export function parseEvent(message) {
  if (typeof message !== "string") return null;
  try {
    const event = JSON.parse(message);
    if (typeof event?.type !== "string") return null;
    return { ...event, type: TODAYS_NAME.get(event.type) ?? event.type };
  } catch {
    return null;
  }
}

/** @param {RealtimeEvent} event */
export function isHarmless(event) {
  return event.type === "error" && HARMLESS.has(event.error?.code);
}

/**
 * The events that put a typed message into the conversation.
 * @param {string} itemId
 * @param {string} text
 * @returns {RealtimeEvent}
 */
export function typedMessage(itemId, text) {
  const content = [{ type: "input_text", text }];
  return { type: "conversation.item.create", item: { id: itemId, type: "message", role: "user", content } };
}

/** @returns {string} an id for an item of ours; providers allow 32 characters */
export function newItemId() {
  return "item_" + crypto.randomUUID().replaceAll("-", "").slice(0, 24);
}
