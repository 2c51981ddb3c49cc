/** Marks of Markdown are no words: nobody says them, so the caption leaves them out. Pure. */

/** @type {[RegExp, string][]} */
const MARKS = [
  [/^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*(?::?-{2,}:?)?[ \t]*$/gm, ""], // under a table's head
  [/^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+)/gm, ""],
  [/^[ \t]*```\S*[ \t]*$/gm, ""],
  [/\[([^\]\n]*)\]\([^)\s]*\)/g, "$1"],
  [/\*\*|~~|`/g, ""],
  [/(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])/g, ""],
  [/[ \t]*\|[ \t]*/g, " "],
];

/** @param {string} text  part of a reply as it was written @returns {string} */
export function plainWords(text) {
  return MARKS.reduce((sum, [mark, word]) => sum.replace(mark, word), text);
}
