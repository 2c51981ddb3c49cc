/**
 * Cuts a reply that arrives bit by bit into chunks that can be spoken one by one. Pure.
 *
 * The first chunk is cut as early as it can be spoken well, since the listener waits for it; later ones are whole sentences, list items, tables
 * and code blocks. The text is read sign by sign, so where it may be cut does not depend on how it arrives; only short sentences that are complete in
 * one `write` leave together.
 */

import { fenceOf, isFenceEnd, isTableRule, kindOfLine } from "./markdown_lines.js";
import { endsClause, endsSentence, isWideMark, standsAlone } from "./sentence_ends.js";
import { Span } from "./unbroken_span.js";

/**
 * In letters' widths (a CJK sign counts two). `least`: a shorter one sounds clipped, or is over before the next is made. `most`: then it is cut at the
 * last pause, in need between words. `atPauses`: a comma is enough. The limits rise because what plays already gives time to make the next one better.
 */
const LIMITS = [
  { least: 10, most: 26, atPauses: true },
  { least: 30, most: 110, atPauses: true },
  { least: 40, most: 220, atPauses: false },
];
/** Characters. A speech server takes 4096; a longer table or code block is cut at a line. */
const MOST_AT_ONCE = 2000;
/** Characters. A line that breaks earlier was meant to end there. */
const WRAPPED_LINE = 60;

const WORDLIKE = /[\p{L}\p{N}]/u;
/** "1." or "IV." at the beginning of a line. */
const LINE_NUMBER = /^[ \t>#*_]*(?:\d{1,9}|[IVX]{1,4})[.)]$/;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/;

export class Chunker {
  #language;
  #segments;
  /** @type {string[]} */
  #ready = [];
  #cuts = 0;

  #pending = "";
  #width = 0;
  #span = new Span();
  /** The last pause and the last space where an overlong chunk may be cut. */
  #pause = 0;
  #space = 0;

  /** Where the current line begins in #pending; -1: in a chunk that is gone. */
  #lineStart = 0;
  /** Characters of the current line that are gone. */
  #gone = 0;
  /** @type {import("./markdown_lines.js").LineKind|null} null: not known yet */
  #kind = null;
  /** Whether the line before is over for good. */
  #lineEnded = false;
  /** What the line before was; "" if it left with an earlier chunk. */
  #before = "";
  /** @type {"code"|"table"|null} kept in one chunk */
  #block = null;
  #fence = "";

  /** @param {{language?: string|null}} [options]  of the reply, as far as it is known */
  constructor({ language = null } = {}) {
    this.#language = language?.split("-")[0]?.toLowerCase() ?? null;
    this.#segments = new Intl.Segmenter(language ?? undefined, { granularity: "word" });
  }

  /**
   * @param {string} text  the next bit of the reply
   * @returns {string[]} chunks that are complete by it
   */
  write(text) {
    for (let at = 0; at < text.length; at++) this.#read(text.charAt(at));
    return this.#take();
  }

  /** The reply is complete. @returns {string[]} what is left */
  finish() {
    if (this.#pending) {
      this.#ready.push(this.#pending);
      this.#cuts++;
    }
    this.#pending = "";
    return this.#take();
  }

  /** @param {string} sign  one UTF-16 unit */
  #read(sign) {
    const at = this.#pending.length;
    this.#pending += sign;
    this.#width += WIDE.test(sign) ? 2 : 1;
    if (sign === "\n") this.#endLine(at);
    else if (this.#block === "code") this.#hold();
    else if (this.#kind === null) this.#beginLine();
    else if (this.#block === null) this.#goOn(sign, at);
    else this.#hold();
  }

  // Lines and blocks

  #beginLine() {
    const line = this.#pending.slice(this.#lineStart);
    this.#kind = this.#span.isDisplay ? "text" : kindOfLine(line);
    if (this.#kind === null) return;
    const isPlain = this.#kind === "text" || this.#kind === "quote";
    const isBlock = this.#kind === "table" || this.#kind === "fence";
    if (this.#block === "table") {
      // A row may lack its first "|": whether this is one is seen at its end.
      if (isPlain || this.#kind === "table" || this.#cut(this.#lineStart, { isBlock: true })) return;
      this.#block = null;
    } else if (!this.#span.isDisplay && (this.#lineEnded || !isPlain) && this.#cut(this.#lineStart, { isBlock })) return;
    if (this.#kind === "table") this.#block = "table";
    const head = this.#pending.slice(0, this.#lineStart).trimEnd();
    if (isPlain && head && this.#mayCut(head, line.trimStart().charAt(0)) && this.#cut(this.#lineStart)) return;
    for (const sign of line) this.#span.read(sign);
  }

  /** @param {number} at */
  #endLine(at) {
    const line = this.#pending.slice(Math.max(this.#lineStart, 0), at);
    const isBlank = !line.trim() && this.#gone === 0;
    if (this.#block === "code") {
      if (isFenceEnd(line, this.#fence) && this.#cut(at + 1, { isBlock: true })) return;
    } else if (this.#kind === "fence") {
      this.#fence = fenceOf(line);
      this.#block = this.#fence ? "code" : null;
    } else if (this.#block === "table") {
      if (!line.includes("|") && this.#cut(this.#lineStart, { isBlock: true })) return;
    } else if (isTableRule(line) && this.#before.includes("|")) this.#block = "table";
    if (isBlank) this.#span = new Span();
    const isShort = this.#gone + line.trimEnd().length < WRAPPED_LINE && !line.includes(" | ");
    this.#lineEnded ||= isBlank;
    this.#lineEnded = (this.#lineEnded && this.#kind === null) || isShort || this.#kind === "heading";
    this.#before = line;
    this.#lineStart = at + 1;
    this.#gone = 0;
    this.#kind = null;
    this.#hold();
  }

  /** Cut a block that is too long, at its last line; the next one goes on being part of it. */
  #hold() {
    if (this.#pending.length < MOST_AT_ONCE) return;
    const at = this.#block && this.#lineStart > 0 ? this.#lineStart : this.#pending.length;
    this.#cut(at, { isBlock: true, keepsBlock: true });
  }

  // Sentences

  /** @param {string} sign @param {number} at */
  #goOn(sign, at) {
    this.#span.read(sign);
    if (!/\s/.test(sign)) {
      const whole = this.#pending.slice(0, at);
      const head = whole.trimEnd();
      const isApart = head.length < at;
      if (isApart || isWideMark(head, sign)) {
        if (this.#mayCut(head, sign) && this.#cut(at)) return;
        if (!/[?!:;,.»”)\]]/.test(sign)) this.#remember(head, at, isApart);
      }
    }
    if (this.#width > this.#limits.most) this.#cutOverlong();
    else this.#hold();
  }

  get #limits() {
    return LIMITS[Math.min(this.#cuts, LIMITS.length - 1)] ?? { least: 0, most: 0, atPauses: false };
  }

  /** Whether the text may be cut behind its head. @param {string} head @param {string} next */
  #mayCut(head, next) {
    if (this.#kind === "fence") return false;
    if (this.#lineStart >= 0 && LINE_NUMBER.test(head.slice(this.#lineStart))) return false;
    if (endsSentence(head, next, { language: this.#language })) {
      this.#span.endSentence();
      if (!this.#span.isOpen) return this.#cuts > 0 || this.#width > this.#limits.least;
    }
    return !this.#span.isOpen && this.#limits.atPauses && this.#width > this.#limits.least && endsClause(head);
  }

  /** @param {string} head @param {number} at @param {boolean} isApart */
  #remember(head, at, isApart) {
    if (this.#span.isOpen || this.#width <= this.#limits.least || this.#kind === "fence") return;
    if (endsClause(head)) this.#pause = at;
    else if (isApart && (standsAlone(head) || !this.#space)) this.#space = at;
  }

  #cutOverlong() {
    const at = this.#pause || this.#space || this.#betweenWords();
    if (at) this.#cut(at);
    else this.#hold();
  }

  /** Scripts without spaces are cut between words; a long URL or the like is not. */
  #betweenWords() {
    if (this.#span.isOpen || this.#pending.length % 4 || !/\p{Lo}/u.test(this.#pending)) return 0;
    let last = 0;
    for (const { index } of this.#segments.segment(this.#pending)) {
      if (this.#pending.length - index >= 2 && /\p{Lo}/u.test(this.#pending.charAt(index))) last = index;
    }
    return last;
  }

  // Cutting

  /**
   * @param {number} at
   * @param {{isBlock?: boolean, keepsBlock?: boolean}} [how]
   * @returns {boolean} false if what would leave has no words, or too few of them to begin with
   */
  #cut(at, { isBlock = false, keepsBlock = false } = {}) {
    const chunk = this.#pending.slice(0, at);
    const rest = this.#pending.slice(at);
    if (!keepsBlock) this.#block = null;
    if (!keepsBlock && !WORDLIKE.test(chunk)) return false;
    if (!isBlock && this.#cuts === 0 && this.#width - rest.length < this.#limits.least) return false;
    this.#ready.push(chunk);
    this.#cuts++;
    const startsLine = chunk.endsWith("\n");
    if (startsLine) this.#gone = 0;
    else this.#gone = at < this.#lineStart ? WRAPPED_LINE : this.#gone + at - Math.max(this.#lineStart, 0);
    this.#pending = "";
    this.#width = this.#pause = this.#space = 0;
    this.#lineStart = startsLine ? 0 : -1;
    this.#kind = startsLine ? null : "text";
    this.#lineEnded = false;
    this.#before = "";
    this.#span = new Span();
    for (const sign of rest.split("")) this.#read(sign);
    return true;
  }

  /** Hand over what is ready; a short sentence goes with the next one of its paragraph. */
  #take() {
    /** @type {string[]} */
    const chunks = [];
    const isFirst = this.#cuts > 0 && this.#cuts === this.#ready.length;
    for (const chunk of this.#ready) {
      const last = chunks.length - 1;
      const previous = chunks[last] ?? "";
      const joins = last >= (isFirst ? 1 : 0) && previous.length < 40 && !previous.endsWith("\n");
      if (joins) chunks[last] = previous + chunk;
      else chunks.push(chunk);
    }
    this.#ready = [];
    return chunks;
  }
}
