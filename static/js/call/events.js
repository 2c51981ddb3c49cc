/** Names of Realtime events: older spellings become today's, harmless errors are known. Pure. */

import { inTodaysShape } from "./beta_shapes.js";

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
  ["transcription_session.created", "session.created"],
  ["transcription_session.updated", "session.updated"],
]);

/** They tell of a race that ended well, or of a session that another one follows; nobody needs to hear of it. */
const HARMLESS = new Set([
  "response_cancel_not_active",
  "input_audio_buffer_commit_empty",
  "conversation_already_has_active_response",
  "session_expired",
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
    return inTodaysShape({ ...event, type: TODAYS_NAME.get(event.type) ?? event.type });
  } catch {
    return null;
  }
}

/** Begins the id of an event whose refusal does no harm: what was to be corrected is gone, or it is tried again. */
const HARMLESS_ID = "harmless_";

/** @returns {string} an id for an event whose refusal need not be told */
export function harmlessId() {
  return HARMLESS_ID + crypto.randomUUID();
}

/** @param {RealtimeEvent} event */
export function isHarmless({ type, error, mended }) {
  return type === "error" && (mended === true || HARMLESS.has(error?.code) || String(error?.event_id ?? "").startsWith(HARMLESS_ID));
}

/**
 * @param {string} id
 * @param {"user"|"assistant"} role
 * @param {string} text
 * @param {string|null} [previousId]  null: at the end
 * @returns {RealtimeEvent} that puts a message into the conversation
 */
export function messageItem(id, role, text, previousId = null) {
  const content = [{ type: role === "user" ? "input_text" : "output_text", text }];
  const item = { id, type: "message", role, content };
  return { type: "conversation.item.create", ...(previousId && { previous_item_id: previousId }), item };
}

/**
 * @param {string} oldId
 * @param {string} newId
 * @param {string} text
 * @returns {RealtimeEvent} that puts a shorter reply behind the one that it is to replace
 */
export function shortened(oldId, newId, text) {
  return { ...messageItem(newId, "assistant", text, oldId), event_id: HARMLESS_ID + newId };
}

/** @param {string} id @returns {RealtimeEvent} that takes an item out of the conversation */
export function deletionOf(id) {
  return { type: "conversation.item.delete", event_id: HARMLESS_ID + id, item_id: id };
}

/** @returns {string} an id for an item of ours; providers allow 32 characters */
export function newItemId() {
  return "item_" + crypto.randomUUID().replaceAll("-", "").slice(0, 24);
}
