/** Utterances on their way over the server: sound goes out, words come back. */

import { problem } from "../errors.js";
import { Recorder } from "./recorder.js";
import { joined } from "./results.js";

/** @typedef {import("./utterance.js").Utterance} Utterance */

export class TranscriptionRoad {
  #floor;
  #voice;
  #notice;
  #recorder = new Recorder();
  #isStopped = false;

  /** @param {import("./utterance.js").Floor} floor @param {import("./own_voice.js").OwnVoice} voice @param {(what: import("../errors.js").Problem) => void} notice */
  constructor(floor, voice, notice) {
    this.#floor = floor;
    this.#voice = voice;
    this.#notice = notice;
  }

  /** Its sounds go out; without any it is closed if it is over. @param {Utterance} utterance @param {string} language  "": any */
  send(utterance, language) {
    for (const samples of utterance.sounds.splice(0)) this.#write(utterance, samples, language);
    this.#close(utterance);
  }

  stop() {
    this.#isStopped = true;
    this.#recorder.stop();
  }

  /** @param {Utterance} utterance @param {Int16Array} samples @param {string} language */
  async #write(utterance, samples, language) {
    utterance.pending += 1;
    const sinceMs = Math.min(utterance.since, performance.now() - samples.length / 16);
    try {
      const text = await this.#recorder.write(samples, language);
      utterance.written = joined(utterance.written, this.#voice.without(text, sinceMs, utterance.isTold));
    } catch {
      if (!this.#isStopped) this.#notice(problem("transcription-failed"));
    }
    utterance.pending -= 1;
    if (utterance !== this.#floor.utterance) return;
    this.#floor.words();
    this.#close(utterance);
  }

  /** @param {Utterance} utterance */
  #close(utterance) {
    if (!utterance.isVoiced && !utterance.isPressed && utterance.pending === 0) this.#floor.said();
  }
}
