/** Which words of a reply were heard at a moment of its sound. Pure. */

/** @typedef {import("../types.js").Clause} Clause */

/** Characters per second of ordinary speech, where the provider gives no times. */
const SPEECH_RATE = 15;

/**
 * How many characters of the reply were heard after `ms` of its sound, to the end of the last word begun and finished.
 * @param {Clause[]} clauses
 * @param {number} ms  played so far
 * @returns {number} between 0 and the length of all clauses together
 */
export function heardLength(clauses, ms) {
  let length = 0;
  let clock = 0;
  for (const { text, startMs, endMs } of clauses) {
    const start = startMs ?? clock;
    const end = endMs ?? start + (text.length / SPEECH_RATE) * 1000;
    if (ms < end) return length + wholeWords(text, (ms - start) / Math.max(end - start, 1));
    length += text.length;
    clock = end;
  }
  return length;
}

/**
 * Split a reply into what was heard and what is still to come.
 * @param {Clause[]} clauses
 * @param {number} ms  played so far
 * @returns {[heard: string, coming: string]}
 */
export function splitAtHeard(clauses, ms) {
  const text = clauses.map((clause) => clause.text).join("");
  const length = heardLength(clauses, ms);
  return [text.slice(0, length), text.slice(length)];
}

/** @param {string} text @param {number} share  0 to 1 */
function wholeWords(text, share) {
  if (share <= 0) return 0;
  const end = Math.floor(text.length * share);
  if (end === 0 || /\s/.test(text[end] ?? " ")) return end;
  const boundary = text.slice(0, end).search(/\S+$/);
  return boundary < 0 ? end : boundary;
}
