/** Has utterances written down by the server: two at a time, answers in the order in which they were spoken. */

import { transcribe } from "../api.js";
import { RATE } from "../audio/spectrum.js";
import { toWav } from "../audio/wav.js";
import { toProblem } from "../errors.js";

/** At the same time: the next one is on its way while the first is written down. */
const AT_ONCE = 2;

/** Before the second and last try after a failure that may pass, milliseconds. */
const PAUSE = 700;

/** Failures of the way to the server, not of the sound. */
const PASSING = new Set(["server-unreachable", "server-failed", "lines-busy", "engine-starting", "offline"]);

export class Recorder {
  /** What is sent or waits to be: each begins when the one before the last has an answer. @type {Promise<unknown>[]} */
  #running = [];
  #stopping = new AbortController();
  #transcribe;

  /** @param {typeof transcribe} [how]  the way to the server */
  constructor(how = transcribe) {
    this.#transcribe = how;
  }

  /**
   * @param {Int16Array} samples  at 16 kHz
   * @param {string} language  "": to be recognised too
   * @returns {Promise<string>} its words, not before those of the utterances before; "": there are none
   * @throws {import("../errors.js").Problem} the server did not take it, twice if the failure may pass
   */
  write(samples, language) {
    const before = this.#running.at(-1) ?? Promise.resolve();
    const turn = this.#running.at(-AT_ONCE) ?? Promise.resolve();
    const sending = turn.then(() => this.#send(toWav(samples, RATE), language));
    // Both are waited for at once, so that a failure here is noticed in any case.
    const answer = Promise.allSettled([before, sending]).then(() => sending);
    const done = answer.catch(() => {});
    this.#running.push(done);
    done.then(() => { this.#running.splice(this.#running.indexOf(done), 1); });
    return answer;
  }

  /** What is on its way is thrown away. */
  stop() {
    this.#stopping.abort();
    this.#stopping = new AbortController();
  }

  /** @param {Blob} sound @param {string} language */
  async #send(sound, language) {
    const { signal } = this.#stopping;
    try {
      return (await this.#transcribe(sound, { language, signal })).text.trim();
    } catch (error) {
      if (signal.aborted || !PASSING.has(toProblem(error).code)) throw error;
    }
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
    return (await this.#transcribe(sound, { language, signal })).text.trim();
  }
}
