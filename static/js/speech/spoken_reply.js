/** A reply that is spoken while it is written: its chunks, and how long the sound of each is. Pure. */

import { Chunker } from "./chunker.js";

/**
 * @typedef {object} Chunk
 * @property {string} text     as it was written
 * @property {number|null} ms  length of its sound; null: nothing of it came yet
 *
 * @typedef {import("../types.js").Clause} Clause
 */

/** Chunks that wait anyway are asked for together, up to so many characters: fewer requests. */
const TOGETHER = 120;

/** So many chunks go out alone before: a longer sound takes longer to make, and little of what plays is left then. */
const EARLY = 2;

/** A chunk without these has no sound. */
const SPEAKABLE = /[\p{L}\p{N}]/u;

/** Milliseconds of speech per character at ordinary speed, before a voice was heard. */
const ORDINARY_PACE = 65;

/** So many characters the ordinary pace counts for, beside those that were heard. */
const PRIOR = 60;

/** How fast a voice speaks, learnt from what it spoke. */
export class Pace {
  #ms;
  #characters = PRIOR;

  /** @param {number} speed  1: ordinary */
  constructor(speed) {
    this.#ms = (PRIOR * ORDINARY_PACE) / speed;
  }

  /** @param {string} text @param {number} ms  of its sound */
  learn(text, ms) {
    if (ms === 0) return; // nothing of it was speakable
    this.#ms += ms;
    this.#characters += text.length;
  }

  /** @param {string} text @returns {number} its likely length, milliseconds */
  expected(text) {
    return (text.length * this.#ms) / this.#characters;
  }
}

export class SpokenReply {
  #chunker;
  #written = "";
  /** @type {Chunk[]} */
  #chunks = [];
  #next = 0;
  /** Nothing more will be written. */
  isWritten = false;

  /** @param {string} id  of the response @param {string|null} language */
  constructor(id, language) {
    this.id = id;
    this.#chunker = new Chunker({ language });
  }

  /** @param {string} text */
  write(text) {
    this.#written += text;
    this.#add(this.#chunker.write(text));
  }

  finish() {
    this.isWritten = true;
    this.#add(this.#chunker.finish());
  }

  /** Everything that was written was taken, and nothing more will come. */
  get isTaken() {
    return this.isWritten && this.#next === this.#chunks.length;
  }

  /** The next chunk to be spoken; short ones that wait behind it are joined to it. @returns {Chunk|null} */
  takeNext() {
    for (let mute = this.#chunks[this.#next]; mute && !SPEAKABLE.test(mute.text); mute = this.#chunks[this.#next]) {
      mute.ms = 0;
      this.#next += 1;
    }
    const chunk = this.#chunks[this.#next];
    if (!chunk) return null;
    this.#next += 1;
    const isEarly = this.#chunks.filter(({ ms }) => ms).length < EARLY;
    while (!isEarly && chunk.text.length + (this.#chunks[this.#next]?.text.length ?? Infinity) <= TOGETHER) {
      chunk.text += this.#chunks.splice(this.#next, 1)[0]?.text ?? "";
    }
    return chunk;
  }

  /** This chunk and all behind it are to be spoken anew. @param {Chunk} chunk */
  giveBack(chunk) {
    this.#next = this.#chunks.indexOf(chunk);
    for (const later of this.#chunks.slice(this.#next)) later.ms = null;
  }

  /**
   * Part a chunk whose sound breaks off.
   * @param {Chunk} chunk
   * @param {number} length  characters of it that were spoken
   * @returns {Chunk} the rest, which is taken too; its length is 0 where it has no sound
   */
  split(chunk, length) {
    /** @type {Chunk} */
    const rest = { text: chunk.text.slice(length), ms: null };
    chunk.text = chunk.text.slice(0, length);
    this.#chunks.splice(this.#chunks.indexOf(chunk) + 1, 0, rest);
    this.#next += 1;
    if (!SPEAKABLE.test(rest.text)) rest.ms = 0;
    return rest;
  }

  /** All that was written, and when which part of it sounds. @returns {Clause[]} */
  clauses() {
    /** @type {Clause[]} */
    const clauses = [];
    /** @type {number|null} */
    let clock = 0;
    let length = 0;
    for (const { text, ms } of this.#chunks) {
      /** @type {number|null} */
      const endMs = clock === null || ms === null ? null : clock + ms;
      clauses.push({ text, startMs: clock, endMs });
      clock = endMs;
      length += text.length;
    }
    const pending = this.#written.slice(length);
    return pending ? [...clauses, { text: pending, startMs: clock, endMs: null }] : clauses;
  }

  /** Milliseconds of sound before a chunk. @param {Chunk} chunk */
  msBefore(chunk) {
    return this.#chunks.slice(0, this.#chunks.indexOf(chunk)).reduce((sum, { ms }) => sum + (ms ?? 0), 0);
  }

  /** @param {string[]} texts */
  #add(texts) {
    this.#chunks.push(...texts.map((text) => ({ text, ms: null })));
  }
}
