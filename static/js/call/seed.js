/** What a new call must be told so that it goes on where the last one ended. Pure. */

import { messageItem } from "./events.js";
import { seedIdOf } from "./turn_list.js";

/** @typedef {import("../types.js").Turn} Turn */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

/** Enough for the thread of a talk; a longer past would only slow the first reply. */
const MAX_TURNS = 40;
const MAX_CHARACTERS = 12_000;

/**
 * The newest turns as items, oldest first.
 * @param {Turn[]} turns
 * @returns {RealtimeEvent[]} `conversation.item.create` events
 */
export function seedEvents(turns) {
  const chosen = [];
  let characters = 0;
  for (const turn of turns.filter((each) => each.final && each.text).slice(-MAX_TURNS).reverse()) {
    characters += turn.text.length;
    if (characters > MAX_CHARACTERS && chosen.length) break;
    chosen.push(turn);
  }
  return chosen.reverse().map(itemOf);
}

/**
 * Whether the last word is the user's, so that a reply is still due.
 * @param {Turn[]} turns
 */
export function isReplyDue(turns) {
  const last = turns.filter((each) => each.final && each.text).at(-1);
  return last?.role === "user";
}

/** @param {Turn} turn @returns {RealtimeEvent} */
function itemOf(turn) {
  return messageItem(seedIdOf(turn), turn.role, turn.text);
}
