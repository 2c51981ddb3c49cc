/** Takes our own voice out of the microphone's sound, so that who speaks over it is understood. Pure. */

import { HOP, RATE } from "./spectrum.js";

/** What the path may be longer or shorter than its delay, samples: 10 ms before, 30 ms of nearest walls behind. */
const BEFORE = RATE / 100;
const TAPS = (4 * RATE) / 100;

/** The longest delay and the taps around it, samples: 700 ms. */
const MEMORY = (7 * RATE) / 10;

/** How far one sample moves the weights; speech is no steady teacher. */
const STEP = 0.4;

/** Highs are lifted before and lowered after: speech has most of its power in the lows, and they alone would be learnt. */
const TILT = 0.9;

/** Our voice is silent below this, power per sample. */
const SILENT = 1e-8;

/** Normalised least mean squares. Source: Haykin, "Adaptive Filter Theory", chapter on NLMS. */
export class EchoCanceller {
  #weights = new Float32Array(TAPS);
  /** Our voice, tilted; written twice, so that any piece of it lies in one piece. */
  #voice = new Float32Array(2 * MEMORY);
  #end = 0;
  /** Samples since our voice sounded. */
  #silent = MEMORY;
  #lastVoice = 0;
  #lastMicrophone = 0;
  #lastOutput = 0;
  /** @type {number|null} */
  #delay = null;
  #tilted = new Float32Array(HOP);
  #rest = new Float32Array(HOP);
  #output = new Float32Array(HOP);

  /**
   * @param {Float32Array} microphone  (HOP,)
   * @param {Float32Array|null} voice  (HOP,), what we play at the same time; null: nothing
   * @param {number|null} delay  of its echo, frames of HOP; null: there is none
   * @param {boolean} mayLearn  nobody else speaks
   * @returns {Float32Array} (HOP,), valid until the next call
   */
  clean(microphone, voice, delay, mayLearn) {
    if (delay === null || this.#delay === null || Math.abs(delay - this.#delay) > 1) {
      this.#delay = delay;
      this.#weights.fill(0);
    }
    let before = 0;
    let after = 0;
    for (let index = 0; index < HOP; index += 1) {
      this.#write(voice?.[index] ?? 0);
      const sample = microphone[index] ?? 0;
      const tilted = sample - TILT * this.#lastMicrophone;
      this.#lastMicrophone = sample;
      const rest = this.#delay === null || this.#silent >= MEMORY ? tilted : this.#follow(tilted, this.#delay, mayLearn);
      this.#tilted[index] = tilted;
      this.#rest[index] = rest;
      before += tilted * tilted;
      after += rest * rest;
    }
    // A filter that makes it louder has learnt something else.
    const better = after < before ? this.#rest : this.#tilted;
    for (let index = 0; index < HOP; index += 1) {
      this.#lastOutput = (better[index] ?? 0) + TILT * this.#lastOutput;
      this.#output[index] = this.#lastOutput;
    }
    return this.#output;
  }

  /** @param {number} sample */
  #write(sample) {
    const tilted = sample - TILT * this.#lastVoice;
    this.#lastVoice = sample;
    this.#silent = tilted * tilted > SILENT ? 0 : this.#silent + 1;
    this.#voice[this.#end] = tilted;
    this.#voice[this.#end + MEMORY] = tilted;
    this.#end = (this.#end + 1) % MEMORY;
  }

  /** @param {number} sample @param {number} delay @param {boolean} mayLearn @returns {number} what the voice does not explain */
  #follow(sample, delay, mayLearn) {
    const weights = this.#weights;
    const voice = this.#voice;
    const newest = ((this.#end - 1 - Math.max(0, delay * HOP - BEFORE) + 2 * MEMORY) % MEMORY) + MEMORY;
    const oldest = newest - TAPS + 1;
    let echo = 0;
    let power = 0;
    for (let tap = 0; tap < TAPS; tap += 1) {
      const value = /** @type {number} */ (voice[oldest + tap]);
      echo += /** @type {number} */ (weights[tap]) * value;
      power += value * value;
    }
    if (power < TAPS * SILENT) return sample;
    const rest = sample - echo;
    if (!mayLearn) return rest;
    const step = (STEP * rest) / (power + TAPS * SILENT);
    for (let tap = 0; tap < TAPS; tap += 1) weights[tap] = /** @type {number} */ (weights[tap]) + step * /** @type {number} */ (voice[oldest + tap]);
    return rest;
  }
}
