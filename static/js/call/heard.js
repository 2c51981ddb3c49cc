/**
 * Which words of a reply were heard at a moment of its sound. Pure.
 *
 * Within a clause the time is shared out by what each word takes to say. Measured against the alignments of a Piper voice, 71 clauses at 39 moments
 * each, words away from the truth:
 *
 * | shares by                                 | mean | within one word |
 * |-------------------------------------------|------|-----------------|
 * | characters                                | 0.54 | 91.7 %          |
 * | letters                                   | 0.75 | 84.4 %          |
 * | letters, digits as letters, pauses        | 0.58 | 89.0 %          |
 * | letters, digits, signs                    | 0.50 | 95.1 %          |
 * | letters, digits, signs, pauses (the last) | 0.34 | 97.5 %          |
 *
 * Groups of vowels (syllables) instead of letters were worse; capitals that are spelled and the zeros of thousands made no difference.
 */

/** @typedef {import("../types.js").Clause} Clause */

/** Milliseconds of a letter in ordinary speech, where the provider gives no times. */
const LETTER_MS = 60;
/** In letters: a digit is a word ("seven"), and so are a sign ("percent") and the silence at a mark. */
const DIGIT = 5;
const SIGN = 4.5;
const WIDE_SIGN = 3;
const PAUSE = 4;
/** Between two words, and behind the last one where no mark asks for more. */
const GAP = 0.5;
const TAIL = 1.5;

/** Chinese and Japanese signs are words of their own, since no space divides them. */
const WORDS = /[\u2e80-\u9fff\uf900-\ufaff][，。、！？」』）]*|[^\s\u2e80-\u9fff\uf900-\ufaff]+/gu;
/** Of a link its text is said, of a bare address the name of the site. */
const ADDRESS = /\]\([^)]*\)?|https?:\/\/([^/\s]*)\S*/g;

/**
 * How many characters of the reply were heard after `ms` of its sound, up to the first word that was not heard to its end.
 * @param {Clause[]} clauses
 * @param {number} ms  played so far
 * @returns {number} between 0 and the length of all clauses together
 */
export function heardLength(clauses, ms) {
  let length = 0;
  let clock = 0;
  for (const { text, startMs, endMs } of clauses) {
    const start = startMs ?? clock;
    if (endMs !== null && ms >= endMs) {
      length += text.length;
      clock = endMs;
      continue;
    }
    const words = wordsOf(text);
    const all = words.reduce((sum, word) => sum + word.share + word.rest, 0);
    const end = endMs ?? start + all * LETTER_MS;
    if (ms < end) return length + lengthAt(text, words, ((ms - start) / Math.max(end - start, 1)) * all);
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

/** @typedef {{start: number, share: number, rest: number}} Word  where it begins, its sound and the silence behind it, in letters */

/** @param {string} text @param {Word[]} words @param {number} heard  in letters */
function lengthAt(text, words, heard) {
  let said = 0;
  for (const { start, share, rest } of words) {
    if (said + share > heard + 1e-6) return start;
    said += share + rest;
  }
  return heard > 0 ? text.length : 0;
}

/** The words that are spoken; marks of Markdown that stand alone are not. @param {string} text @returns {Word[]} */
function wordsOf(text) {
  const found = [];
  for (const match of text.matchAll(WORDS)) {
    const share = shareOf(match[0].replace(ADDRESS, "$1"));
    if (share) found.push({ start: match.index, share, rest: /[.!?…,;:—–)。、，！？؟،۔।][^\p{L}\p{N}]*$/u.test(match[0]) ? PAUSE : GAP });
  }
  const first = found[0];
  if (first) first.start = 0;
  const last = found.at(-1);
  if (last && last.rest === GAP) last.rest = text.endsWith("\n") ? PAUSE : TAIL;
  return found;
}

/** @param {string} word */
function shareOf(word) {
  const count = (/** @type {RegExp} */ kind) => word.match(kind)?.length ?? 0;
  const wide = count(/[\u2e80-\u9fff\uf900-\ufaff]/g);
  return count(/\p{L}/gu) + wide * (WIDE_SIGN - 1) + DIGIT * count(/\p{Nd}/gu) + SIGN * count(/[$€£¥%°=≈≥≤≠×÷±&+→½⅓⅔¼¾]/g);
}
