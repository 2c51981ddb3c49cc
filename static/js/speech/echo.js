/** Whose words the recogniser heard: those that we are speaking are taken out, the person's stay. Pure. */

import { joined } from "./results.js";
import { soundsLike, weightOf, wordsOf } from "./echo_words.js";

/** @typedef {import("./echo_words.js").Word} Word */

/** An echo is heard up to so much later than our voice says it, and the place of a word in its clause is a guess. Milliseconds. */
const LATE = 1_500;

/** The words of a person who begins when our voice has been silent for so long are the person's, milliseconds. */
const REVERBERATION = 600;

/** How long a recogniser may take to hand over words when nobody knows when they began, milliseconds. */
const RECOGNITION = 4_000;

/** What was spoken is remembered so long, milliseconds: longer than the longest utterance. */
const MEMORY = 75_000;

/** Value of words that are alike, that differ, that only the recogniser has, that only we have. */
const ALIKE = 2;
const DIFFERENT = -1;
const ONLY_HEARD = -2;
const ONLY_SPOKEN = -0.5;

/** Part of the letters of a run that must be alike. */
const SHARE = 0.6;

/** Letters that make a run of two words or more our own; a shorter one only if it is all that was heard. */
const LETTERS = 6;

/** @typedef {{begin: number, end: number, alike: number, letters: number, of: number}} Run  of heard words that we spoke */

export class Echo {
  /** @type {{clause: string, word: Word, at: number}[]} */
  #spoken = [];
  /** When our voice fell silent; Infinity: it sounds. */
  #silentSince = -Infinity;

  /** Our voice sounds from now on. */
  sounds() {
    this.#silentSince = Infinity;
  }

  /** It is silent from now on: what was to be spoken later is not. @param {number} nowMs  performance.now() */
  fallsSilent(nowMs) {
    if (this.#silentSince !== Infinity) return;
    this.#silentSince = nowMs;
    this.#spoken = this.#spoken.filter(({ at }) => at <= nowMs && at > nowMs - MEMORY);
  }

  /**
   * How long a clause takes is a guess until all of its sound is there; then it is told again.
   * @param {string} text @param {number} fromMs  performance.now() of its first sound @param {number} toMs @param {string} id
   */
  spoke(text, fromMs, toMs, id) {
    this.#spoken = this.#spoken.filter(({ clause }) => clause !== id);
    for (const word of wordsOf(text)) {
      const middle = (word.begin + word.end) / 2 / Math.max(1, text.length);
      this.#spoken.push({ clause: id, word, at: fromMs + middle * (toMs - fromMs) });
    }
  }

  /**
   * @param {string} words
   * @param {number} atMs  performance.now() when they were handed over
   * @param {number} [sinceMs]  when their first sound began
   */
  isOwn(words, atMs, sinceMs) {
    return wordsOf(words).length > 0 && this.withoutOwn(words, atMs, sinceMs) === "";
  }

  /**
   * The person's words, as they were written; "": all were ours.
   * @param {string} words
   * @param {number} atMs  performance.now() when they were handed over
   * @param {number} [sinceMs]  when their first sound began
   */
  withoutOwn(words, atMs, sinceMs = atMs - RECOGNITION) {
    if (sinceMs > this.#silentSince + REVERBERATION) return words;
    const spoken = this.#spoken.filter(({ at }) => at >= sinceMs - LATE && at <= atMs).map(({ word }) => word);
    const heard = wordsOf(words);
    const own = ownWords(heard, spoken);
    if (!own.includes(true)) return words;
    let kept = "";
    for (let index = 0; index < heard.length;) {
      let next = index + 1;
      while (next < heard.length && own[next] === own[index]) next += 1;
      // A part keeps the marks after its last word.
      const part = words.slice(heard[index]?.begin, heard[next]?.begin ?? words.length).trim();
      if (!own[index]) kept = joined(kept, part);
      index = next;
    }
    return kept;
  }
}

/** Which heard words are ours. @param {Word[]} heard @param {Word[]} spoken @returns {boolean[]} */
function ownWords(heard, spoken) {
  const own = heard.map(() => false);
  /** @param {number} begin @param {number} end */
  const search = (begin, end) => {
    const run = longestRun(heard.slice(begin, end), spoken);
    if (!run || !isOurs(run, heard.length)) return;
    const from = begin + run.begin;
    const to = begin + run.end;
    own.fill(true, from, to);
    search(begin, from);
    search(to, end);
  };
  search(0, heard.length);
  return own;
}

/** @param {Run} run @param {number} heard  how many words there are in all */
function isOurs({ begin, end, alike, letters, of }, heard) {
  if (letters < SHARE * of) return false;
  if (end - begin === heard) return true;
  return alike >= 2 && letters >= LETTERS;
}

/**
 * The run of heard words that is most like a run of spoken ones.
 * Source: Smith and Waterman, "Identification of common molecular subsequences", 1981; on words.
 * @param {Word[]} heard @param {Word[]} spoken
 * @returns {Run|null}
 */
function longestRun(heard, spoken) {
  /** @typedef {Run & {value: number}} Cell */
  const width = spoken.length + 1;
  /** @type {(Cell|null)[]} */
  let above = Array(width).fill(null);
  /** @type {Cell|null} */
  let best = null;
  heard.forEach((word, line) => {
    /** @type {(Cell|null)[]} */
    const row = [null];
    for (let column = 1; column < width; column += 1) {
      const mine = /** @type {Word} */ (spoken[column - 1]);
      const cell = better(
        matched(above[column - 1] ?? null, word, mine, line),
        grown(above[column] ?? null, ONLY_HEARD, weightOf(word)),
        grown(row[column - 1] ?? null, ONLY_SPOKEN, 0),
      );
      row.push(cell);
      if (cell && cell.end === line + 1 && (!best || cell.value > best.value)) best = cell;
    }
    above = row;
  });
  return best;

  /** @param {Cell|null} before @param {Word} word @param {Word} mine @param {number} line @returns {Cell|null} */
  function matched(before, word, mine, line) {
    const weight = weightOf(word);
    if (!soundsLike(word.sound, mine.sound)) return grown(before, isNumber(word) || isNumber(mine) ? 0 : DIFFERENT, weight);
    const { begin = line, alike = 0, letters = 0, of = 0, value = 0 } = before ?? {};
    return { begin, end: line + 1, alike: alike + 1, letters: letters + weight, of: of + weight, value: value + ALIKE };
  }
}

/**
 * @template {{of: number, value: number}} Cell
 * @param {Cell|null} cell @param {number} value @param {number} letters @returns {Cell|null}
 */
function grown(cell, value, letters) {
  return cell && cell.value + value > 0 ? { ...cell, value: cell.value + value, of: cell.of + letters } : null;
}

/**
 * @template {{value: number}} Cell
 * @param {(Cell|null)[]} cells @returns {Cell|null}
 */
function better(...cells) {
  return cells.reduce((best, cell) => (cell && (!best || cell.value > best.value) ? cell : best), null);
}

/** @param {Word} word */
function isNumber({ sound }) {
  return /\p{N}/u.test(sound);
}
