/** Makes frames of the microphone's sound, as the Realtime API takes them: 24 kHz, mono, signed 16-bit, little endian. */

import { Resampler } from "../resampler.js";

/** Hertz. */
const RATE = 24_000;

/** 40 ms: a shorter frame is mostly envelope, a longer one is waited for. Samples. */
const FRAME = 960;

class Uplink extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, RATE);
  #frame = new Int16Array(FRAME);
  #count = 0;
  #isClosed = false;

  constructor() {
    super();
    this.port.onmessage = () => { this.#isClosed = true; };
  }

  /** @param {Float32Array[][]} inputs  a stereo microphone was mixed down before */
  process([input]) {
    const [sound] = input ?? [];
    // A muted microphone sends silence, as it does over WebRTC: the provider must hear that a turn is over.
    if (sound) for (const sample of this.#resampler.process(sound)) this.#take(sample);
    return !this.#isClosed;
  }

  /** @param {number} sample  -1 to 1 */
  #take(sample) {
    // Every machine that runs a browser is little endian, as the sound is.
    this.#frame[this.#count] = Math.max(-1, Math.min(1, sample)) * 32_767;
    this.#count += 1;
    if (this.#count < FRAME) return;
    this.port.postMessage(this.#frame.buffer, [this.#frame.buffer]);
    this.#frame = new Int16Array(FRAME);
    this.#count = 0;
  }
}

registerProcessor("uplink", Uplink);
