/** The turns of a conversation in the order in which they began, whatever order their events arrive in. Pure. */

/** @typedef {import("../types.js").Turn} Turn */

/** Providers cut item ids at this length, so ours and theirs are compared up to it. */
const ID_LENGTH = 32;

/** @type {Turn} */
const BLANK = {
  itemId: "", role: "user", text: "", startedAt: 0, final: false, interrupted: false, stored: false,
  clauses: [], responseId: null, playingSince: null, previousId: null,
};

/**
 * @param {Partial<Turn> & {itemId: string}} fields
 * @returns {Turn}
 */
export function newTurn(fields) {
  return { ...BLANK, ...fields };
}

/** @param {Turn[]} turns @param {string} itemId */
export function findTurn(turns, itemId) {
  return turns.find((turn) => sameItem(turn.itemId, itemId));
}

/**
 * Add a turn where it belongs: before a turn that is known to follow it, after the one that it follows, else last.
 * A turn that is there already stays where it is.
 * @param {Turn[]} turns
 * @param {Turn} turn
 * @returns {Turn[]}
 */
export function addTurn(turns, turn) {
  if (findTurn(turns, turn.itemId)) return turns;
  const index = placeOf(turns, turn);
  const next = turns[index];
  // The time must agree with the place, because the server sorts by time.
  const startedAt = next ? Math.min(turn.startedAt, next.startedAt - 1) : turn.startedAt;
  return turns.toSpliced(index, 0, { ...turn, startedAt });
}

/**
 * @param {Turn[]} turns
 * @param {string} itemId
 * @param {Partial<Turn>} changes
 * @returns {Turn[]}
 */
export function changeTurn(turns, itemId, changes) {
  return turns.map((turn) => (sameItem(turn.itemId, itemId) ? { ...turn, ...changes } : turn));
}

/** @param {Turn[]} turns @param {string} itemId @returns {Turn[]} */
export function dropTurn(turns, itemId) {
  return turns.filter((turn) => !sameItem(turn.itemId, itemId));
}

/** @param {Turn[]} turns @param {Turn} turn */
function placeOf(turns, { itemId, previousId }) {
  const follower = turns.findIndex((each) => each.previousId !== null && sameItem(each.previousId, itemId));
  if (follower >= 0) return follower;
  const previous = previousId === null ? -1 : turns.findIndex((each) => sameItem(each.itemId, previousId));
  return previous >= 0 ? previous + 1 : turns.length;
}

/** @param {string} one @param {string} other */
function sameItem(one, other) {
  return one.slice(0, ID_LENGTH) === other.slice(0, ID_LENGTH);
}
