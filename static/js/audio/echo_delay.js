/** How alike the microphone is to our own voice some time ago, and at which delay it is most alike. Pure. */

import { BANDS } from "./spectrum.js";

/** Frames of 10 ms that an echo may be late: 600 ms, a Bluetooth speaker behind a slow browser. */
export const LONGEST = 60;

/** Of the long comparison, per frame: 3 s. */
const FADE = 1 - 1 / 300;

/** Of the mean loudness of each band, per frame: 2 s. */
const MEAN_SHARE = 1 / 200;

/** Frames of silence that the mean begins with, so that the first word stands out from it. */
const SILENT = 25;

/** Frames that are kept. */
const MEMORY = 128;

/** One stream of loudness in decibels, each band against its own mean. */
class Contour {
  #mean = new Float32Array(BANDS);
  #frames = Array.from({ length: MEMORY }, () => new Float32Array(BANDS));
  #heard = 0;

  /** @param {Float32Array} silence  (BANDS,), decibels */
  constructor(silence) {
    this.#mean.set(silence);
  }

  /** @param {Float32Array} decibels  (BANDS,) @returns {Float32Array} against the mean */
  hear(decibels) {
    const share = Math.max(MEAN_SHARE, 1 / (this.#heard + SILENT));
    const frame = this.at(-1);
    for (let band = 0; band < BANDS; band += 1) {
      const mean = (this.#mean[band] ?? 0) + share * ((decibels[band] ?? 0) - (this.#mean[band] ?? 0));
      this.#mean[band] = mean;
      frame[band] = (decibels[band] ?? 0) - mean;
    }
    this.#heard += 1;
    return frame;
  }

  /** @param {number} age  frames; 0 is the newest @returns {Float32Array} */
  at(age) {
    const frame = this.#frames[(this.#heard - 1 - age + 2 * MEMORY) % MEMORY];
    return /** @type {Float32Array} */ (frame);
  }
}

export class EchoDelay {
  /** Frames compared so far, faded. */
  frames = 0;
  #microphone;
  #voice;
  #products = new Float32Array(LONGEST + 1);
  #voicePowers = new Float32Array(LONGEST + 1);
  #microphonePower = 0;

  /** @param {Float32Array} microphone  (BANDS,), decibels of its silence @param {Float32Array} voice  of the voice's */
  constructor(microphone, voice) {
    this.#microphone = new Contour(microphone);
    this.#voice = new Contour(voice);
  }

  /**
   * @param {Float32Array} microphone  (BANDS,), decibels
   * @param {Float32Array} voice  (BANDS,), decibels, of what we play at the same time
   */
  hear(microphone, voice) {
    const frame = this.#microphone.hear(microphone);
    this.#voice.hear(voice);
    this.frames = FADE * this.frames + 1;
    this.#microphonePower = FADE * this.#microphonePower + product(frame, frame);
    for (let delay = 0; delay <= LONGEST; delay += 1) {
      const past = this.#voice.at(delay);
      this.#products[delay] = FADE * (this.#products[delay] ?? 0) + product(frame, past);
      this.#voicePowers[delay] = FADE * (this.#voicePowers[delay] ?? 0) + product(past, past);
    }
  }

  /** The delay in frames at which all that was heard is most alike, and how much, -1 to 1. */
  best() {
    let best = { delay: 0, likeness: -1 };
    for (let delay = 0; delay <= LONGEST; delay += 1) {
      const likeness = alike(this.#products[delay] ?? 0, this.#microphonePower, this.#voicePowers[delay] ?? 0);
      if (likeness > best.likeness) best = { delay, likeness };
    }
    return best;
  }

  /** How alike the last frames are at one delay, -1 to 1. @param {number} delay @param {number} count  frames, together at most MEMORY */
  likeness(delay, count) {
    let both = 0;
    let microphone = 0;
    let voice = 0;
    let heardSum = 0;
    let playedSum = 0;
    for (let age = 0; age < count; age += 1) {
      const heard = this.#microphone.at(age);
      const played = this.#voice.at(age + delay);
      both += product(heard, played);
      microphone += product(heard, heard);
      voice += product(played, played);
      for (let band = 0; band < BANDS; band += 1) {
        heardSum += heard[band] ?? 0;
        playedSum += played[band] ?? 0;
      }
    }
    const values = count * BANDS;
    // Without their means, so that a louder echo is still the same echo.
    return alike(both - (heardSum * playedSum) / values, microphone - heardSum ** 2 / values, voice - playedSum ** 2 / values);
  }

  /** The same at the delay where they are most alike. @param {number} count */
  greatestLikeness(count) {
    let greatest = -1;
    for (let delay = 0; delay <= LONGEST; delay += 1) greatest = Math.max(greatest, this.likeness(delay, count));
    return greatest;
  }
}

/** @param {number} both @param {number} one @param {number} other */
function alike(both, one, other) {
  return one > 0 && other > 0 ? both / Math.sqrt(one * other) : 0;
}

/** @param {Float32Array} one @param {Float32Array} other */
function product(one, other) {
  let sum = 0;
  for (let band = 0; band < BANDS; band += 1) sum += (one[band] ?? 0) * (other[band] ?? 0);
  return sum;
}
