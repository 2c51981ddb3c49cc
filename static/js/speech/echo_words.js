/** Words as two ears may hear them: without case, marks and accents, with numbers as digits. Pure. */

/** A word: letters, digits, and what stands inside of words; "l’" and the like are words of their own. Scripts without spaces are heard sign by sign. */
const WORD = /[cdjlmnst]['’](?=\p{L})|qu['’](?=\p{L})|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*|\p{N}+(?:[.,]\p{N}+)*|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])[\p{L}\p{M}'’])+|[%&€$£°]/giu;

/** Signs that are spoken. */
const SPOKEN = new Map(Object.entries({ "%": "percent", "&": "and", "€": "euros", "$": "dollars", "£": "pounds", "°": "degrees" }));

const ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
  "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** @type {Map<string, number>} English; in other languages digits are taken for any word */
const NUMBERS = new Map([...ONES.map((word, value) => /** @type {const} */ ([word, value])), ...TENS.map((word, value) => /** @type {const} */ ([word, 10 * value]))]);
NUMBERS.delete("");

/**
 * @typedef {object} Word
 * @property {string} sound   what is compared
 * @property {number} begin   where it stands in the text
 * @property {number} end
 */

/** @param {string} text @returns {Word[]} */
export function wordsOf(text) {
  const words = Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({ sound: soundOf(word), begin: index, end: index + word.length }));
  return withDigits(words.filter(({ sound }) => sound));
}

/** @param {string} word */
function soundOf(word) {
  const plain = word.toLowerCase().normalize("NFKD").replace(/[\p{M}'’]/gu, "").replaceAll("ß", "ss");
  return SPOKEN.get(plain) ?? plain.replace(/(?<=\p{N}),(?=\p{N}{3})/gu, "");
}

/** English numbers in words become one word of digits: "two hundred and five" is 205. @param {Word[]} words */
function withDigits(words) {
  /** @type {Word[]} */
  const result = [];
  for (let index = 0; index < words.length; index += 1) {
    const first = /** @type {Word} */ (words[index]);
    let value = NUMBERS.get(first.sound);
    if (value === undefined) { result.push(first); continue; }
    let total = 0;
    let end = first.end;
    for (let next = words[index + 1]; next; next = words[index + 1]) {
      const more = NUMBERS.get(next.sound);
      if (next.sound === "hundred") value *= 100;
      else if (next.sound === "thousand" || next.sound === "million") { total += value * (next.sound === "million" ? 1e6 : 1e3); value = 0; }
      else if (more !== undefined && value % (more < 10 ? 10 : 100) === 0 && (value >= 20 || total > 0)) value += more;
      else if (!(next.sound === "and" && value % 100 === 0 && value > 0 && NUMBERS.has(words[index + 2]?.sound ?? ""))) break;
      end = next.end;
      index += 1;
    }
    result.push({ sound: String(total + value), begin: first.begin, end });
  }
  return result;
}

/** Whether one may be a recogniser's error for the other. @param {string} one @param {string} other */
export function soundsLike(one, other) {
  if (one === other) return true;
  const shorter = Math.min(one.length, other.length);
  if (shorter < 3 || /\p{N}/u.test(one + other)) return false;
  // Cut off at the begin or the end of what was recorded.
  if (shorter >= 4 && (one.startsWith(other) || other.startsWith(one) || one.endsWith(other) || other.endsWith(one))) return true;
  const allowed = shorter >= 7 ? 2 : shorter >= 4 ? 1 : 0;
  return Math.abs(one.length - other.length) <= allowed && distance(one, other) <= allowed;
}

/** Letters to change, add, leave out or exchange with the next one ("quiet", "quite"). @param {string} one @param {string} other */
function distance(one, other) {
  /** @type {number[]} */
  let before = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let line = 1; line <= one.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= other.length; column += 1) {
      const changed = (row[column - 1] ?? 0) + (one[line - 1] === other[column - 1] ? 0 : 1);
      const isExchanged = one[line - 1] === other[column - 2] && one[line - 2] === other[column - 1];
      const exchanged = isExchanged ? (before[column - 2] ?? Infinity) + 1 : Infinity;
      next.push(Math.min(changed, exchanged, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
}

/** How much a word counts: one sign of a script without spaces is about two letters. @param {Word} word */
export function weightOf({ sound }) {
  return /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u.test(sound) ? 2 : sound.length;
}
