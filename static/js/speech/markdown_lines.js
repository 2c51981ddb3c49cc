/** What a line of Markdown is, told from its beginning as early as possible. Pure. */

/** @typedef {"text"|"quote"|"item"|"heading"|"table"|"fence"} LineKind */

const QUOTED = /^[ \t]*(?:>[ \t]?)*[ \t\r]*/;
const UNDECIDED = /^(?:|[-*+•]|\d{1,9}[.)]?|#{1,6}|[-_*=]{2,}[ \t]*|`{1,2}|~{1,2})$/;

/**
 * @param {string} line  its beginning
 * @returns {LineKind|null} null: more of it is needed
 */
export function kindOfLine(line) {
  const start = line.replace(QUOTED, "");
  if (/^(?:(?:[-*+•]|\d{1,9}[.)])[ \t]+)?(?:`{3}|~{3})/.test(start)) return "fence";
  if (/^(?:[-*+•]|\d{1,9}[.)])[ \t]/.test(start)) return /^\S+[ \t]+(?:`{0,2}|~{0,2})$/.test(start) ? null : "item";
  if (UNDECIDED.test(start)) return null;
  if (start.startsWith("|")) return "table";
  if (/^#{1,6}[ \t]/.test(start)) return "heading";
  return line.trimStart().startsWith(">") ? "quote" : "text";
}

/** The marks that open a block of code, "" if the line does not. @param {string} line */
export function fenceOf(line) {
  const start = line.replace(QUOTED, "").replace(/^(?:[-*+•]|\d{1,9}[.)])[ \t]+/, "");
  return /^(?:(`{3,})[^`]*|(~{3,}).*)$/.exec(start)?.slice(1).find(Boolean) ?? "";
}

/** @param {string} line @param {string} fence  how the block was opened */
export function isFenceEnd(line, fence) {
  const start = line.replace(QUOTED, "").trimEnd();
  return start.length >= fence.length && start === fence.charAt(0).repeat(start.length);
}

/** Whether this is the line between a table's header and its rows. @param {string} line */
export const isTableRule = (line) => line.includes("|") && line.includes("-") && /^[\s|:-]+$/.test(line);
