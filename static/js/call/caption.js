/** The words of this moment: one to three lines, what was heard apart from what is to come. Pure. */

import { heardLength } from "./heard.js";
import { heardMs } from "./turn_list.js";

/** @typedef {import("../types.js").Dialogue} Dialogue */
/** @typedef {{role: "user"|"assistant"|"", heard: string, coming: string}} Caption */

/** What three lines hold on a small phone, characters. */
const ROOM = 90;

/**
 * @param {Dialogue} dialogue
 * @param {number} now  milliseconds since the epoch
 * @returns {Caption}
 */
export function captionOf({ turns, voicedId, hasPlaybackEvents }, now) {
  const turn = turns.findLast((each) => each.text || !each.final);
  if (!turn) return { role: "", heard: "", coming: "" };
  const hasSound = hasPlaybackEvents || (voicedId !== null && turn.responseId === voicedId);
  const isUnplayed = turn.role === "assistant" && !turn.final && turn.playingSince === null && hasSound;
  const ms = turn.playingSince === null ? (isUnplayed ? 0 : Infinity) : heardMs(turn, now);
  const length = turn.role === "user" || turn.final ? turn.text.length : heardLength(turn.clauses, ms);
  const isLive = turn.role === "user" && !turn.final;
  const [start, end] = windowAround(turn.text, isLive ? turn.text.length : length);
  return { role: turn.role, heard: turn.text.slice(start, length).trimStart(), coming: turn.text.slice(Math.max(length, start), end) };
}

/**
 * The part of a long text that holds a position, cut between words, at sentence ends where they are near.
 * @param {string} text
 * @param {number} position
 * @returns {[start: number, end: number]}
 */
export function windowAround(text, position) {
  let start = 0;
  for (;;) {
    const end = endOfWindow(text, start);
    if (position <= end || end >= text.length) return [start, end];
    start = end;
  }
}

/** @param {string} text @param {number} start */
function endOfWindow(text, start) {
  if (text.length - start <= ROOM) return text.length;
  const room = text.slice(start, start + ROOM);
  const sentence = room.search(/[.!?…。！？]["”’)]?\s[^.!?…。！？]*$/);
  if (sentence > ROOM / 3) return start + sentence + 1;
  const word = room.lastIndexOf(" ");
  return start + (word > 0 ? word : ROOM);
}
