/** Parts of a line that must not be torn: inline code, a link with its address, a formula. Pure. */

/** Characters. What is longer without an end was no such part. */
const MOST = 200;
const MOST_OF_DISPLAY = 1500;

export class Span {
  /** From its opening sign on; "" outside. */
  #text = "";
  #isEscaped = false;

  get isOpen() {
    return this.#text !== "";
  }

  /** A formula that may go over several lines. */
  get isDisplay() {
    return this.#text.startsWith("$$") || this.#text.startsWith("\\[");
  }

  /** A sentence ends: what looked like a formula was a price. */
  endSentence() {
    if (/^\$(?!\$)/.test(this.#text)) this.#text = "";
  }

  /** @param {string} sign */
  read(sign) {
    if (this.#text) {
      this.#text += sign;
      if (isOver(this.#text)) this.#text = "";
      return;
    }
    if (this.#isEscaped ? "[(".includes(sign) : "`[$".includes(sign)) this.#text = this.#isEscaped ? `\\${sign}` : sign;
    this.#isEscaped = sign === "\\" && !this.#isEscaped;
  }
}

/** @param {string} text  a span so far */
function isOver(text) {
  if (text.startsWith("`")) return text.endsWith("`") || text.length > MOST;
  if (text.startsWith("[")) return isLinkOver(text) || text.length > MOST;
  if (text.startsWith("$$")) return (text.length > 3 && text.endsWith("$$")) || text.length > MOST_OF_DISPLAY;
  if (text.startsWith("$")) return isFormulaOver(text) || text.length > MOST;
  return text.endsWith(text.startsWith("\\[") ? "\\]" : "\\)") || text.length > MOST_OF_DISPLAY;
}

/** "[text](address)"; a bracket without "(" behind it is only a bracket. @param {string} text */
const isLinkOver = (text) => (text.includes("](") ? text.endsWith(")") : /\][^(]$/.test(text));

/** "$x$", where "$5 and $10" are prices. @param {string} text */
const isFormulaOver = (text) => /^\$(?:\s|[\d.,]+\s|.*\S\$$)/s.test(text) && text !== "$$";
