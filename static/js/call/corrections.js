/**
 * What the provider must be told when it remembers other words than were heard or meant.
 * Only sound can be cut there, so a text is deleted and put in again. Pure.
 */

import { deletionOf, messageItem, shortened } from "./events.js";

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").Turn} Turn */

/**
 * Only the beginning of a reply was heard.
 * @param {string} oldId
 * @param {string} newId
 * @param {string} heard
 * @returns {RealtimeEvent[]} to be sent when no reply is being made
 */
export function cutEvents(oldId, newId, heard) {
  // First the new one, in the old one's place, where what was said meanwhile comes after it.
  return [...(heard ? [shortened(oldId, newId, heard)] : []), deletionOf(oldId)];
}

/**
 * The user's words were others.
 * @param {Turn[]} changed  the turn as it was, and all that followed it
 * @param {string} newId
 * @param {string} text
 * @returns {RealtimeEvent[]} to be sent when no reply is being made
 */
export function revisionEvents(changed, newId, text) {
  return [...changed.toReversed().map((turn) => deletionOf(turn.providerId)), messageItem(newId, "user", text)];
}
