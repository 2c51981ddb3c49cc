/** A reply, or the rest of one, spoken by the browser's own voice: the last step of the ladder. */

import { problem } from "../errors.js";

/**
 * @typedef {import("./spoken_reply.js").SpokenReply} SpokenReply
 * @typedef {import("./spoken_reply.js").Chunk} Chunk
 * @typedef {import("./server_speech.js").SpeechEvents} SpeechEvents
 * @typedef {import("./browser_voice.js").BrowserVoice} BrowserVoice
 */

/** Between two tellings of the position, milliseconds. */
const TELL_EVERY = 100;

export class BrowserSpeech {
  /** The browser's voice cannot be listened to by the page. */
  output = null;
  #reply;
  #voice;
  #events;
  #isBusy = false;
  #isOver = false;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #ticking;
  /** Milliseconds of sound before the chunk that is spoken. */
  #before = 0;
  /** performance.now() when that began; null: nothing sounds. @type {number|null} */
  #since = null;

  /** @param {SpokenReply} reply @param {BrowserVoice} voice @param {SpeechEvents} events */
  constructor(reply, voice, events) {
    this.#reply = reply;
    this.#voice = voice;
    this.#events = events;
  }

  get positionMs() {
    return this.#before + (this.#since === null ? 0 : performance.now() - this.#since);
  }

  /** The reply has grown, or is complete. */
  async more() {
    if (this.#isBusy || this.#isOver) return;
    this.#isBusy = true;
    try {
      for (let chunk = this.#reply.takeNext(); chunk && !this.#isOver; chunk = this.#reply.takeNext()) await this.#speak(chunk);
      this.#isBusy = false;
      if (this.#isOver || !this.#reply.isWritten) return;
      this.#isOver = true;
      this.#events.over();
    } catch {
      if (this.#isOver) return;
      this.#isOver = true;
      this.#events.broke(problem("speech-failed"));
    }
  }

  /** @returns {number} milliseconds that were heard */
  stop() {
    const ms = this.positionMs;
    this.#isOver = true;
    this.#voice.cancel();
    this.#rest(ms);
    return ms;
  }

  /** @param {Chunk} chunk  what of it was spoken; the rest gets a chunk of its own at each word */
  async #speak(chunk) {
    const { text } = chunk;
    this.#rest(this.#reply.msBefore(chunk));
    /** @type {Chunk|null} */
    let rest = null;
    try {
      await this.#voice.speak(text, {
        began: () => this.#begin(),
        word: (index) => {
          if (this.#isOver || this.#since === null || index === 0) return;
          chunk.ms = performance.now() - this.#since;
          if (rest) {
            chunk.text = text.slice(0, index);
            rest.text = text.slice(index);
          } else {
            rest = this.#reply.split(chunk, index);
          }
          this.#events.changed();
        },
      });
      if (rest) /** @type {Chunk} */ (rest).ms = this.positionMs - this.#before - (chunk.ms ?? 0);
      else chunk.ms = this.positionMs - this.#before;
      if (!this.#isOver) this.#events.changed();
    } finally {
      this.#rest(this.positionMs);
    }
  }

  #begin() {
    if (this.#isOver) return;
    this.#since = performance.now();
    this.#events.sounds();
    this.#events.moved();
    this.#ticking = setInterval(() => this.#events.moved(), TELL_EVERY);
  }

  /** Nothing sounds. @param {number} ms  that were heard so far */
  #rest(ms) {
    clearInterval(this.#ticking);
    this.#before = ms;
    this.#since = null;
  }
}
