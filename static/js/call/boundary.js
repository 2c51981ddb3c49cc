/** When one line may take the place of another without anybody noticing. Pure. */

import { activityOf } from "./reducer.js";

/** @typedef {import("../types.js").Dialogue} Dialogue */

/** After so long the next line need not wait until all is quiet, milliseconds. */
export const PATIENCE = 8_000;

/**
 * Whether it is between two turns: nobody speaks, no reply sounds or is awaited.
 * Who has waited long takes over after the user's turn already; then the reply comes on the new line.
 * @param {Dialogue} dialogue
 * @param {number} waitedMs
 */
export function isBoundary(dialogue, waitedMs) {
  const activity = activityOf(dialogue);
  if (activity === "listening") return true;
  const last = dialogue.turns.at(-1);
  return waitedMs >= PATIENCE && activity === "thinking" && last?.role === "user" && last.final;
}
