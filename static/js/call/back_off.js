/** How long to wait before the next try. Pure. */

/** Milliseconds before try 1, 2, 3 … of a reconnection. */
const PAUSES = [300, 1_000, 2_000, 5_000, 5_000];

export const MAX_TRIES = PAUSES.length;

/**
 * @param {number} attempt  from 1
 * @param {number} [random]  from 0 to 1; spreads the callers of a server that comes back
 * @returns {number} milliseconds
 */
export function pauseBefore(attempt, random = Math.random()) {
  const pause = PAUSES[Math.min(attempt, MAX_TRIES) - 1] ?? 0;
  return pause * (0.8 + 0.4 * random);
}
