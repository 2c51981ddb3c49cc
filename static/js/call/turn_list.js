/** The turns of a conversation in the order in which they began, whatever order their events arrive in. Pure. */

/** @typedef {import("../types.js").Turn} Turn */

/** Providers cut item ids at this length, so ours and theirs are compared up to it. */
const ID_LENGTH = 32;

/** @type {Turn} */
const BLANK = {
  itemId: "", providerId: "", role: "user", text: "", startedAt: 0, endedAt: null, final: false, interrupted: false, stored: false,
  clauses: [], responseId: null, playingSince: null, playingUntil: null, previousId: null,
};

/**
 * @param {Partial<Turn> & {itemId: string}} fields
 * @returns {Turn}
 */
export function newTurn(fields) {
  return { ...BLANK, providerId: fields.itemId, ...fields };
}

/** How a provider that does not know a turn is told of it. @param {Turn} turn @returns {string} */
export function seedIdOf({ itemId }) {
  return itemId.slice(0, ID_LENGTH);
}

/** @param {Turn[]} turns @param {string} providerId */
export function findTurn(turns, providerId) {
  return turns.find((turn) => isTurn(turn, providerId));
}

/**
 * How much of a turn's sound was heard by now, as far as that is known.
 * @param {Turn} turn
 * @param {number} now  milliseconds since the epoch
 * @returns {number} milliseconds
 */
export function heardMs({ playingSince, playingUntil }, now) {
  return playingSince === null ? 0 : Math.min(now, playingUntil ?? now) - playingSince;
}

/**
 * Add a turn where it belongs: before a turn that is known to follow it, after the one that it follows, else last.
 * A turn that is there already stays where it is.
 * @param {Turn[]} turns
 * @param {Turn} turn
 * @returns {Turn[]}
 */
export function addTurn(turns, turn) {
  if (findTurn(turns, turn.providerId)) return turns;
  const index = placeOf(turns, turn);
  const [before, next] = [turns[index - 1], turns[index]];
  // The time must agree with the place, because the server sorts by time; a clock may have been put back since.
  const earliest = Math.max(turn.startedAt, (before?.startedAt ?? 0) + 1);
  const startedAt = next ? Math.min(earliest, next.startedAt - 1) : earliest;
  return turns.toSpliced(index, 0, { ...turn, startedAt });
}

/**
 * @param {Turn[]} turns
 * @param {string} providerId
 * @param {Partial<Turn>} changes
 * @returns {Turn[]}
 */
export function changeTurn(turns, providerId, changes) {
  return turns.map((turn) => (isTurn(turn, providerId) ? { ...turn, ...changes } : turn));
}

/** @param {Turn[]} turns @param {string} providerId @returns {Turn[]} */
export function dropTurn(turns, providerId) {
  return turns.filter((turn) => !isTurn(turn, providerId));
}

/** @param {Turn[]} turns @param {Turn} turn */
function placeOf(turns, { providerId, previousId }) {
  const follower = turns.findIndex((each) => each.previousId !== null && sameItem(each.previousId, providerId));
  if (follower >= 0) return follower;
  const previous = previousId === null ? -1 : turns.findIndex((each) => isTurn(each, previousId));
  return previous >= 0 ? previous + 1 : turns.length;
}

/** @param {Turn} turn @param {string|undefined} providerId  undefined: an event that does not say of which it tells */
function isTurn(turn, providerId) {
  return providerId !== undefined && sameItem(turn.providerId, providerId);
}

/** @param {string} one @param {string} other */
function sameItem(one, other) {
  return one.slice(0, ID_LENGTH) === other.slice(0, ID_LENGTH);
}
