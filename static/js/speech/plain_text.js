/** Markdown without its marks, for a voice that would read them aloud. Pure. */

/**
 * What is not said. Each is replaced by as many spaces, so that a place in the plain text is the same place in the written one.
 * Source of the forms: https://spec.commonmark.org/0.31.2/ and https://github.github.com/gfm/
 */
const UNSPOKEN = [
  /```[\s\S]*?(```|$)/g, // code
  /!?\[(?=[^\]]*\]\()/g, // the marks around a link's words
  /\]\([^)\s]*(\s+"[^"]*")?\)/g, // its address
  /\bhttps?:\/\/\S+/g,
  /<[^<>\s][^<>]*>/g,
  /^[ \t]*(#{1,6}|>|[-*+]|\|?[ \t:|-]*-[ \t:|-]*\|?)(?=\s)/gm, // heading, quote, list, rule
  /[*_~`|#>\\]+/g,
  /\p{Extended_Pictographic}(\u200d\p{Extended_Pictographic}|\ufe0f|[\u{1f3fb}-\u{1f3ff}])*/gu,
];

/** @param {string} text @returns {string} of the same length */
export function plainText(text) {
  return UNSPOKEN.reduce((plain, form) => plain.replace(form, (found) => " ".repeat(found.length)), text);
}
