/** Whether a frame has a voice's pitch: clicks, keys, breath and fans have none. Pure. */

import { RATE } from "./spectrum.js";

/** Pitch is looked for below 1 kHz, so a quarter of the samples is enough. */
const STEP = 4;
const SLOW_RATE = RATE / STEP;

/** Samples compared, 40 ms: two and a half periods of a deep voice. */
const WINDOW = 120;

/** Periods in samples: 400 Hz (a child) to 70 Hz (a deep man). */
const SHORTEST = SLOW_RATE / 400;
const LONGEST = Math.ceil(SLOW_RATE / 70);

/** How alike one period and the next must be, 0 to 1. Voices reach 0.7 to 1, noise stays below 0.4. */
const LIKENESS = 0.55;

/** How much less alike they must be in between: rumble is alike at every short distance. */
const PROMINENCE = 0.3;

/** A rumble below any voice is taken away, per slow sample: 80 Hz. */
const HIGH_PASS = Math.exp((-2 * Math.PI * 80) / SLOW_RATE);

export class Voicing {
  #memory = new Float32Array(WINDOW + LONGEST);
  #likeness = new Float32Array(LONGEST + 2);
  /** The last samples, for the low-pass. */
  #tail = new Float32Array(2 * STEP - 1);
  #input = 0;
  #output = 0;

  /**
   * @param {Float32Array} samples  that are new, at RATE; a multiple of STEP
   * @returns {boolean} whether the last 40 ms have a pitch
   */
  hear(samples) {
    const count = samples.length / STEP;
    this.#memory.copyWithin(0, count);
    for (let index = 0; index < count; index += 1) {
      this.#memory[this.#memory.length - count + index] = this.#slow(samples, index * STEP);
    }
    return this.#hasPitch();
  }

  /** One sample at the slow rate: a triangle of seven as low-pass, then the high-pass. @param {Float32Array} samples @param {number} at */
  #slow(samples, at) {
    const tail = this.#tail;
    tail.copyWithin(0, STEP);
    for (let index = 0; index < STEP; index += 1) tail[STEP - 1 + index] = samples[at + index] ?? 0;
    let sum = 0;
    for (let index = 0; index < tail.length; index += 1) sum += (tail[index] ?? 0) * (STEP - Math.abs(index - STEP + 1));
    const input = sum / (STEP * STEP);
    this.#output = HIGH_PASS * (this.#output + input - this.#input);
    this.#input = input;
    return this.#output;
  }

  #hasPitch() {
    const memory = this.#memory;
    let power = 0;
    for (let index = LONGEST; index < memory.length; index += 1) power += (memory[index] ?? 0) ** 2;
    if (power < 1e-9) return false;
    let shifted = 0;
    for (let index = 0; index < WINDOW; index += 1) shifted += (memory[index] ?? 0) ** 2;
    for (let lag = LONGEST; lag >= 1; lag -= 1) {
      let product = 0;
      for (let index = LONGEST; index < memory.length; index += 1) product += (memory[index] ?? 0) * (memory[index - lag] ?? 0);
      this.#likeness[lag] = product / Math.sqrt(power * shifted + 1e-12);
      // The compared part moves one sample on.
      shifted += (memory[WINDOW + LONGEST - lag] ?? 0) ** 2 - (memory[LONGEST - lag] ?? 0) ** 2;
    }
    return this.#hasPeak();
  }

  #hasPeak() {
    let least = 1;
    for (let lag = 1; lag < LONGEST; lag += 1) {
      const here = this.#likeness[lag] ?? 0;
      if (here < least) least = here;
      const isPeak = here >= (this.#likeness[lag - 1] ?? 0) && here >= (this.#likeness[lag + 1] ?? 0);
      if (lag >= SHORTEST && isPeak && here > LIKENESS && here - least > PROMINENCE) return true;
    }
    return false;
  }
}
