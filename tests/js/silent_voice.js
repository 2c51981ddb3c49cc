/** A voice whose player and sources are under the hand of the test. */

import { problem } from "../../static/js/errors.js";
import { Voice } from "../../static/js/speech/voice.js";

export const TEXT = "Once upon a time there was a small boat on a wide river. It had no name and no captain at all, and nobody knew where it came from or why. "
  + "Every single morning it went out together with the mist over the water. Every evening it came home again with the very last of the light. "
  + "One day it met an old grey heron, who stood on one leg and asked it where it was going. Nowhere, said the boat, and that was entirely true.";

/** 15 characters a second. @param {string} text */
export const soundOf = (text) => Math.ceil(text.length / 15) * 1000;

/** A player without sound: the test says what was played. */
class SilentPlayer {
  ready = Promise.resolve();
  output = {};
  stream = {};
  heardMs = 0;
  isPlaying = false;
  /** @type {{moved: (current: any) => void}} */
  events = { moved() {} };
  /** @type {any[]} */
  line = [];

  /** @param {number} _expected @param {any} after */
  open(_expected, after) {
    const segment = { lengthMs: 0, isEnded: false, feed: this.#feed, end() { this.isEnded = true; }, restart: async () => this.line[0] !== segment || !this.isPlaying };
    this.line.splice(after ? this.line.indexOf(after) + 1 : this.line.length, 0, segment);
    return segment;
  }

  /** @this {any} @param {AsyncIterable<number>} lengths  of pieces of sound @param {() => void} came */
  async #feed(lengths, came) {
    for await (const ms of lengths) {
      this.lengthMs += ms;
      came();
    }
    this.isEnded = true;
  }

  /** @param {any[]} segments */
  drop(segments) {
    this.line = this.line.filter((segment) => !segments.includes(segment));
  }

  stop() {
    const ms = this.heardMs;
    Object.assign(this, { line: [], heardMs: 0, isPlaying: false });
    return ms;
  }

  close() {}

  /** Begin to play the first in line. */
  begin() {
    this.isPlaying = true;
    this.events.moved(this.line[0] ?? null);
  }

  /** Play the first in line to its end. */
  playOne() {
    this.heardMs += this.line.shift()?.lengthMs ?? 0;
    this.isPlaying = this.line.length > 0;
    this.events.moved(this.line[0] ?? null);
  }
}

/** A browser's voice that says each chunk at once. */
class QuickVoice {
  /** @type {string[]} */
  said = [];
  isThere = true;

  async prepare() {
    return this.isThere;
  }

  /** @param {string} text @param {{began: () => void}} events */
  async speak(text, { began }) {
    began();
    this.said.push(text);
  }

  cancel() {}
}

/** @param {(text: string, count: number, signal: AbortSignal, stoodIn: () => void) => Promise<AsyncIterable<number>>} answer */
export function speaking(answer) {
  /** @type {string[]} */
  const asked = [];
  /** @type {AbortSignal[]} */
  const signals = [];
  /** @type {[string, ...any[]][]} */
  const told = [];
  /** @param {string} name @returns {(...what: any[]) => void} */
  const note = (name) => (...what) => told.push([name, ...what]);
  const player = new SilentPlayer();
  const browserVoice = new QuickVoice();
  const names = ["started", "clauses", "position", "done", "failed", "notice"];
  /** @type {any} */
  const events = Object.fromEntries(names.map((name) => [name, note(name)]));
  /** @type {any} */
  const parts = {
    player,
    browserVoice,
    /** @param {{text: string}} wish @param {AbortSignal} signal @param {() => void} stoodIn */
    fetch: ({ text }, signal, stoodIn) => {
      asked.push(text);
      signals.push(signal);
      return answer(text, asked.length, signal, stoodIn);
    },
  };
  const voice = new Voice({}, events, parts);
  /** @param {string} name */
  const times = (name) => told.filter(([found]) => found === name);
  return { voice, player, browserVoice, asked, signals, told, times };
}

/** @param {number[]} lengths @param {Error} [end] */
export async function* pieces(lengths, end) {
  for (const ms of lengths) yield ms;
  if (end) throw end;
}

/** All that can happen by itself happens. */
export const settled = () => new Promise((resolve) => { setTimeout(resolve, 5); });

export const LOST = problem("server-unreachable");
