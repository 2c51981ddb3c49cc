/** What one person says until it is said: its sound, its words from the recogniser, its words from the server. Pure. */

import { joined } from "./results.js";

export class Utterance {
  /** performance.now() of its begin. */
  since;
  /** It was told that somebody speaks. */
  isTold = false;
  /** The gate hears a voice at this moment. */
  isVoiced = false;
  /** The talk button is held, or what was heard until it was let go is not there yet. */
  isPressed = false;
  /** From the recogniser: what is final, and what may still change. */
  final = "";
  interim = "";
  /** At 16 kHz, not sent to the server. @type {Int16Array[]} */
  sounds = [];
  voicedMs = 0;
  /** Sounds that the server is writing down. */
  pending = 0;
  /** From the server. */
  written = "";

  /** @param {number} since */
  constructor(since) {
    this.since = since;
  }

  /** Words so far; the server hears all of it once it was asked, the recogniser perhaps a part. */
  get text() {
    return this.written || joined(this.final, this.interim);
  }

  /** @param {import("../audio/gate.js").Sound} sound */
  add({ samples, voicedMs, isCut }) {
    this.isVoiced = isCut;
    this.sounds.push(samples);
    this.voicedMs += voicedMs;
  }
}

/** The utterance of this moment, and what is told of it. */
export class Floor {
  /** @type {Utterance|null} */
  utterance = null;
  #events;

  /** @param {{began: () => void, words: (text: string) => void, said: (text: string) => void}} events */
  constructor(events) {
    this.#events = events;
  }

  /** @returns {Utterance} that is going on, or a new one */
  open() {
    this.utterance ??= new Utterance(performance.now());
    return this.utterance;
  }

  began() {
    if (!this.utterance || this.utterance.isTold) return;
    this.utterance.isTold = true;
    this.#events.began();
  }

  /** There may be new words. */
  words() {
    if (!this.utterance?.text) return;
    this.began();
    this.#events.words(this.utterance.text);
  }

  /** It is over. */
  said(text = this.utterance?.text ?? "") {
    const isTold = this.utterance?.isTold;
    this.utterance = null;
    if (isTold) this.#events.said(text);
  }
}
