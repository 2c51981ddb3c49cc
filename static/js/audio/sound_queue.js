/** Segments of speech on their way to the loudspeaker, sample by sample. Pure; runs in the player's worklet. */

import { StartBuffer } from "./start_buffer.js";

/** Hertz of the sound that is put in. */
export const SPEECH_HZ = 24_000;

const SAMPLES_PER_MS = SPEECH_HZ / 1000;

/** A jump to or from silence is spread over 2 ms, or it would be heard as a click. Samples. */
const FADE = 48;

/** The source plays for at least this long, whatever was expected of it; milliseconds. */
const LEAST_LEFT = 500;

/** Bytes of one segment, as samples. */
class Segment {
  /** @type {Int16Array[]} */
  #blocks = [];
  #offset = 0;
  /** @type {number|null} */
  #halfSample = null;
  /** Samples in it that were not taken. */
  left = 0;
  /** Samples that were taken. */
  taken = 0;
  isEnded = false;

  /** @param {number} id @param {number} expectedMs */
  constructor(id, expectedMs) {
    this.id = id;
    this.expectedMs = expectedMs;
  }

  /** @param {Uint8Array} bytes  s16le; may begin and end within a sample @returns {number} whole samples that came */
  add(bytes) {
    const isSplit = this.#halfSample !== null;
    const whole = new Uint8Array(bytes.length + (isSplit ? 1 : 0));
    if (this.#halfSample !== null) whole[0] = this.#halfSample;
    whole.set(bytes, isSplit ? 1 : 0);
    const count = whole.length >> 1;
    this.#halfSample = whole.length % 2 ? whole[whole.length - 1] ?? 0 : null;
    // Every machine that runs a browser is little endian, as the sound is.
    if (count) this.#blocks.push(new Int16Array(whole.buffer, 0, count));
    this.left += count;
    return count;
  }

  /** The next sample, from -1 to 1; only while some are left. */
  take() {
    const block = this.#blocks[0] ?? new Int16Array(1);
    const sample = (block[this.#offset] ?? 0) / 32_768;
    this.#offset += 1;
    if (this.#offset === block.length) {
      this.#blocks.shift();
      this.#offset = 0;
    }
    this.left -= 1;
    this.taken += 1;
    return sample;
  }

  /** Forget what is in it. */
  empty() {
    this.#blocks = [];
    this.#halfSample = null;
    this.left = 0;
  }
}

export class SoundQueue {
  /** @type {Segment[]} */
  #segments = [];
  #buffer = new StartBuffer();
  /** What still fades out after `stop`. @type {Segment|null} */
  #fading = null;
  #gain = 0;
  /** Samples played since the last `stop`. */
  played = 0;
  isPlaying = false;

  /** The segment that plays or will be the next to play. */
  get current() {
    return this.#segments[0] ?? null;
  }

  /** @param {number} id @param {number} expectedMs  its likely length @param {number|null} afterId  null: at the end */
  open(id, expectedMs, afterId = null) {
    const place = this.#segments.findIndex((segment) => segment.id === afterId);
    this.#segments.splice(place < 0 ? this.#segments.length : place + 1, 0, new Segment(id, expectedMs));
  }

  /** @param {number} id @param {Uint8Array} bytes @param {number} now  milliseconds */
  add(id, bytes, now) {
    const segment = this.#find(id);
    if (!segment) return;
    const isFirst = segment.left + segment.taken === 0;
    const count = segment.add(bytes);
    this.#buffer.arrived(count / SAMPLES_PER_MS, now, isFirst);
  }

  /** Nothing more comes. @param {number} id */
  end(id) {
    const segment = this.#find(id);
    if (segment) segment.isEnded = true;
    this.#skipEnded();
  }

  /** Forget the sound of a segment, unless some of it was played. @param {number} id @returns {boolean} whether it was forgotten */
  restart(id) {
    const segment = this.#find(id);
    if (!segment || segment.taken > 0) return false;
    segment.empty();
    return true;
  }

  /** Take segments out, except the one that has begun to play. @param {number[]} ids */
  drop(ids) {
    this.#segments = this.#segments.filter((segment) => !ids.includes(segment.id) || segment.taken > 0);
  }

  /** Fall silent and forget everything. */
  stop() {
    this.#fading = this.isPlaying ? this.current : null;
    this.#segments = [];
    this.isPlaying = false;
    this.played = 0;
  }

  /** The next sample, from -1 to 1. */
  next() {
    if (this.#fading) return this.#fadeOut(this.#fading);
    const segment = this.current;
    if (!segment || (!this.isPlaying && !this.#isReady(segment))) return 0;
    this.isPlaying = true;
    // Towards the end of what there is the sound gets softer: it may be the end, or more may come too late.
    const isNearEnd = segment.left <= FADE;
    const sample = segment.take() * this.#slide(isNearEnd ? -1 : 1);
    this.played += 1;
    if (segment.left === 0) this.#finish(segment);
    return sample;
  }

  /** @param {Segment} segment */
  #isReady(segment) {
    const expected = Math.max(segment.expectedMs - segment.taken / SAMPLES_PER_MS, LEAST_LEFT);
    return segment.left > 0 && (segment.isEnded || segment.left / SAMPLES_PER_MS >= this.#buffer.needed(expected));
  }

  /** @param {Segment} segment  with nothing left */
  #finish(segment) {
    this.#gain = 0;
    if (segment.isEnded) {
      this.#buffer.ranWell();
      this.#skipEnded();
      this.isPlaying = this.current !== null && this.#isReady(this.current);
    } else {
      this.#buffer.ranDry();
      this.isPlaying = false;
    }
  }

  #skipEnded() {
    while (this.current?.isEnded && this.current.left === 0) this.#segments.shift();
  }

  /** @param {Segment} segment */
  #fadeOut(segment) {
    const sample = segment.left > 0 ? segment.take() * this.#slide(-1) : 0;
    if (this.#gain === 0 || segment.left === 0) {
      this.#fading = null;
      this.#gain = 0;
    }
    return sample;
  }

  /** @param {1|-1} direction */
  #slide(direction) {
    this.#gain = Math.min(Math.max(this.#gain + direction / FADE, 0), 1);
    return this.#gain;
  }

  /** @param {number} id */
  #find(id) {
    return this.#segments.find((segment) => segment.id === id);
  }
}
