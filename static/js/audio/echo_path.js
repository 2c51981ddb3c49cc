/**
 * What of our own voice comes back into the microphone: how late, how loud in each band. Learnt by comparing
 * the microphone with what we play, so that a person who speaks at the same time is told from our echo. Pure.
 */

import { EchoDelay, LONGEST } from "./echo_delay.js";
import { BANDS } from "./spectrum.js";

/** Our voice sounds in a frame from this mean power per sample on, in the loudest band: -60 dB. */
const AUDIBLE = 1e-6;

/** What is fainter than this does not count when sounds are compared, mean power per sample: -65 dB. */
const FAINT = 3e-7;

/** Frames after which a very likely delay is believed, and any. */
const FRAMES_IF_CLEAR = 15;
const FRAMES_TO_LEARN = 40;

/** How alike microphone and voice must be for that. Independent voices stay below 0.4 in the long run. */
const CLEAR = 0.75;
const LIKELY = 0.5;

/** Frames of a quiet microphone, after the longest delay, that tell that there is no echo at all. */
const FRAMES_OF_QUIET = 30;

/** Frames of it that make an echo unlikely until one is found: whoever speaks then is a person. */
const FRAMES_TO_TRUST = 100;

/** A room's echo dies away by 1 dB in 10 ms: reverberation time 0.6 s. */
const DECAY = 0.8;

/** A band holds more than our echo from here on: 6 dB above it. */
const EXCESS = 4;

/** Bands of 17 that must hold more: where two voices are equally loud, about six do; in an echo alone one or two. */
const EXCESS_BANDS = 4;

/** Frames of the short comparison, and how alike they are in an echo that has become louder. */
const SHORT = 12;
const SAME = 0.8;

/** Decibels by which the learnt loudness follows, per frame: up for four fifths of the frames' worth, down for one. */
const STEP = 0.3;
const QUANTILE = 0.8;

export class EchoPath {
  /** Frames by which our echo is late; null: none is known. */
  /** @type {number|null} */
  delay = null;
  /** Power per band that our own voice explains now. */
  expected = new Float32Array(BANDS);
  /** @type {EchoDelay|null} */
  #comparison = null;
  /** Decibels of echo against voice in each band, and how often each was measured. */
  #gain = new Float32Array(BANDS);
  #measured = new Uint32Array(BANDS);
  #voices = Array.from({ length: LONGEST + 3 }, () => new Float32Array(BANDS));
  #microphoneDecibels = new Float32Array(BANDS);
  #voiceDecibels = new Float32Array(BANDS);
  #heard = 0;
  #sinceVoice = Infinity;
  #sounding = 0;
  #quiet = 0;
  #isTrusted = false;
  #excess = 0;

  /** Whether an echo of our voice may be in the microphone now. */
  get isPossible() {
    return this.#sinceVoice <= LONGEST + 20;
  }

  /** Whether our voice has sounded for long without any echo. */
  get isUnlikely() {
    return this.#isTrusted;
  }

  /** Whether it is known by now that there is an echo, or none. */
  get isLearnt() {
    return this.delay !== null || (this.#comparison?.frames ?? 0) >= FRAMES_TO_LEARN || this.#quiet >= FRAMES_OF_QUIET;
  }

  /**
   * @param {Float32Array} microphone  (BANDS,), power of the newest frame
   * @param {Float32Array|null} voice  (BANDS,), of what we play at the same time; null: nothing
   * @param {Float32Array} floor  (BANDS,), the room's noise
   */
  hear(microphone, voice, floor) {
    const newest = this.#voice(0, 1);
    if (voice) newest.set(voice);
    else newest.fill(0);
    this.#heard += 1;
    const isSounding = voice !== null && Math.max(...voice) > AUDIBLE;
    this.#sinceVoice = isSounding ? 0 : this.#sinceVoice + 1;
    this.#sounding = this.isPossible ? this.#sounding + 1 : 0;
    if (!this.isPossible) {
      this.expected.fill(0);
      this.#excess = 0;
      return;
    }
    this.#compare(microphone, newest, floor);
    if (this.delay !== null) this.#predict(microphone, floor, this.delay);
  }

  /** Whether the newest frame is nothing but our own voice coming back, as far as that is known. */
  get isOwn() {
    if (!this.isPossible || this.delay === null || !this.#comparison) return false;
    return this.#excess < EXCESS_BANDS || this.#comparison.likeness(this.delay, SHORT) > SAME;
  }

  /** How alike the last frames are to our voice at any delay, -1 to 1. @param {number} count */
  greatestLikeness(count) {
    return this.#comparison?.greatestLikeness(count) ?? 0;
  }

  /** @param {Float32Array} microphone @param {Float32Array} voice @param {Float32Array} floor */
  #compare(microphone, voice, floor) {
    let isLoud = false;
    const isOpen = microphone.some((power) => power > 0); // a muted one, or one that stutters, tells nothing
    for (let band = 0; band < BANDS; band += 1) {
      const noise = Math.max(floor[band] ?? 0, FAINT);
      const power = microphone[band] ?? 0;
      if (power > 8 * noise) isLoud = true;
      this.#microphoneDecibels[band] = 10 * Math.log10(power + noise);
      this.#voiceDecibels[band] = 10 * Math.log10((voice[band] ?? 0) + FAINT);
    }
    if (isLoud) this.#quiet = 0;
    else if (this.#sounding > LONGEST && isOpen) this.#quiet += 1;
    if (this.#quiet >= FRAMES_TO_TRUST) this.#isTrusted = true;
    this.#comparison ??= new EchoDelay(toDecibels(floor, 2), toDecibels(new Float32Array(BANDS), 1));
    this.#comparison.hear(this.#microphoneDecibels, this.#voiceDecibels);
    if (this.#comparison.frames < FRAMES_IF_CLEAR) return;
    const { delay, likeness } = this.#comparison.best();
    const isEcho = likeness > (this.#comparison.frames < FRAMES_TO_LEARN ? CLEAR : LIKELY);
    if (!isEcho) return;
    if (this.delay === null || Math.abs(this.delay - delay) > 1) this.#measured.fill(0);
    this.delay = delay;
    this.#isTrusted = false;
  }

  /** @param {Float32Array} microphone @param {Float32Array} floor @param {number} delay */
  #predict(microphone, floor, delay) {
    const wasOwn = this.isOwn;
    this.#excess = 0;
    for (let band = 0; band < BANDS; band += 1) {
      const voice = Math.max(this.#power(delay - 1, band), this.#power(delay, band), this.#power(delay + 1, band));
      const noise = floor[band] ?? 0;
      const power = microphone[band] ?? 0;
      if (voice > AUDIBLE) this.#learn(band, 10 * Math.log10(Math.max(power, noise) / voice), wasOwn);
      const now = voice * 10 ** ((this.#gain[band] ?? 0) / 10);
      this.expected[band] = Math.max(now, DECAY * (this.expected[band] ?? 0));
      if (power > EXCESS * (this.expected[band] ?? 0) && power > 8 * noise) this.#excess += 1;
    }
  }

  /** @param {number} band @param {number} decibels @param {boolean} mayRise */
  #learn(band, decibels, mayRise) {
    const measured = this.#measured[band] ?? 0;
    const gain = this.#gain[band] ?? 0;
    this.#measured[band] = measured + 1;
    if (measured < 20) this.#gain[band] = measured === 0 ? decibels : Math.max(gain, decibels);
    else if (decibels < gain) this.#gain[band] = gain - STEP * (1 - QUANTILE);
    else if (mayRise) this.#gain[band] = gain + STEP * QUANTILE;
  }

  /** Our voice some frames ago. @param {number} age @param {number} [ahead] */
  #voice(age, ahead = 0) {
    const frames = this.#voices;
    const frame = frames[(this.#heard - 1 + ahead - age + 2 * frames.length) % frames.length];
    return /** @type {Float32Array} */ (frame);
  }

  /** @param {number} age @param {number} band */
  #power(age, band) {
    return age < 0 ? 0 : this.#voice(age)[band] ?? 0;
  }
}

/** @param {Float32Array} noise  (BANDS,), power @param {number} times */
function toDecibels(noise, times) {
  return noise.map((power) => 10 * Math.log10(times * Math.max(power, FAINT)));
}
