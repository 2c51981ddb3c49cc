/** What both halves of the reducer do to the turns of a dialogue. Pure. */

import { splitAtHeard } from "./heard.js";
import { addTurn, changeTurn, dropTurn, findTurn, heardMs, newTurn } from "./turn_list.js";

/** @typedef {import("../types.js").Dialogue} Dialogue */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").Turn} Turn */
/** @typedef {(dialogue: Dialogue, event: RealtimeEvent, now: number) => Dialogue} Step */

/** How many ids are remembered of what is to be passed over. */
export const REMEMBERED_IDS = 64;

/**
 * @param {Dialogue} d
 * @param {string|undefined} itemId  the provider's
 * @param {"user"|"assistant"} role
 * @param {number} now
 * @param {string|null} [previousId]
 * @param {string|null} [responseId]
 * @returns {Dialogue}
 */
export function beginTurn(d, itemId, role, now, previousId = null, responseId = null) {
  if (!itemId) return d;
  const isReply = role === "assistant" && responseId !== null;
  const playingSince = isReply && d.playingId === responseId ? now : null;
  const known = findTurn(d.turns, itemId);
  // Some servers name the item before anything tells of the reply that it belongs to.
  if (known && isReply && known.responseId === null && !known.final) return change(d, itemId, { responseId, playingSince });
  const turn = newTurn({ itemId, role, startedAt: now, previousId, responseId: isReply ? responseId : null, playingSince });
  return { ...d, turns: addTurn(d.turns, turn) };
}

/** @param {Dialogue} d @param {string} providerId @param {Partial<Turn>} changes @returns {Dialogue} */
export function change(d, providerId, changes) {
  return { ...d, turns: changeTurn(d.turns, providerId, changes) };
}

/** Change the turns of one reply. @param {Dialogue} d @param {string|null|undefined} responseId @param {Partial<Turn>} changes @returns {Dialogue} */
export function changeReply(d, responseId, changes) {
  return { ...d, turns: d.turns.map((turn) => (isReplyOf(turn, responseId) ? { ...turn, ...changes } : turn)) };
}

/** @param {Turn} turn @param {string|null|undefined} responseId  none: any reply */
export function isReplyOf(turn, responseId) {
  return turn.role === "assistant" && turn.responseId !== null && (!responseId || turn.responseId === responseId);
}

/** A reply ends in the middle of its sound. @param {Dialogue} d @param {string|null|undefined} responseId @param {number} now @returns {Dialogue} */
export function silence(d, responseId, now) {
  return d.turns
    .filter((turn) => isReplyOf(turn, responseId) && turn.playingSince !== null)
    .reduce((sum, turn) => cutAtHeard(sum, turn, heardMs(turn, now)), d);
}

/** @param {Dialogue} d @param {Turn|undefined} turn @param {number} ms  heard of its sound @returns {Dialogue} */
export function cutAtHeard(d, turn, ms) {
  if (!turn || turn.role !== "assistant") return d;
  const text = splitAtHeard(turn.clauses, ms)[0].trimEnd();
  if (!text && !turn.stored) return { ...d, turns: dropTurn(d.turns, turn.providerId) };
  const end = endOf(turn, (turn.playingSince ?? 0) + ms);
  return change(d, turn.providerId, { text, ...end, interrupted: true, final: true, playingSince: null, playingUntil: null });
}

/** When its sound ended, if it was playing. @param {Turn} turn @param {number} at @returns {Partial<Turn>} */
export function endOf({ playingSince }, at) {
  return playingSince === null ? {} : { endedAt: at };
}

/** Pass over what is told of these from now on. @param {Dialogue} d @param {(string|null|undefined)[]} ids @returns {Dialogue} */
export function setAside(d, ids) {
  const known = ids.filter((id) => typeof id === "string");
  return { ...d, asideIds: [...d.asideIds, ...known].slice(-REMEMBERED_IDS) };
}
