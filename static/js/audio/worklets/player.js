/** Plays segments of speech: bytes and orders come in by message, reports of the position go out. */

import { Resampler } from "../resampler.js";
import { SoundQueue, SPEECH_HZ } from "../sound_queue.js";

/**
 * @typedef {object} Report
 * @property {number} take       how often playing was stopped before
 * @property {number} time       of the context, seconds, up to which sound was made
 * @property {number} played     milliseconds of speech played until then since the last stop, without pauses
 * @property {boolean} isPlaying
 * @property {number|null} current  the segment that plays, or the next one; null: all were played
 * @property {number} currentBegan  `played` when that one began
 * @property {number} newest        the newest segment that is known here
 *
 * @typedef {{report: Report} | {restarted: number, isEmpty: boolean}} PlayerMessage
 *
 * @typedef {{kind: "open", id: number, expectedMs: number, afterId: number|null} | {kind: "bytes", id: number, bytes: Uint8Array}
 *   | {kind: "end", id: number} | {kind: "restart", id: number} | {kind: "drop", ids: number[]} | {kind: "stop"} | {kind: "close"}} PlayerOrder
 */

/** Between two reports, seconds; every change is reported at once. */
const REPORT_EVERY = 0.1;

class Player extends AudioWorkletProcessor {
  #queue = new SoundQueue();
  #resampler = new Resampler(SPEECH_HZ, sampleRate);
  #take = 0;
  #newest = 0;
  #reportedAt = 0;
  #reported = "";
  #isClosed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#obey(data);
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
  process(_inputs, outputs) {
    const [sound] = outputs[0] ?? [];
    if (sound) this.#resampler.render(sound, () => this.#queue.next());
    this.#report(sound?.length ?? 0);
    return !this.#isClosed;
  }

  /** @param {PlayerOrder} order */
  #obey(order) {
    switch (order.kind) {
      case "open":
        this.#newest = Math.max(this.#newest, order.id);
        return this.#queue.open(order.id, order.expectedMs, order.afterId);
      case "bytes":
        return this.#queue.add(order.id, order.bytes, currentTime * 1000);
      case "end":
        return this.#queue.end(order.id);
      case "restart":
        return this.port.postMessage({ restarted: order.id, isEmpty: this.#queue.restart(order.id) });
      case "drop":
        return this.#queue.drop(order.ids);
      case "stop":
        this.#take += 1;
        return this.#queue.stop();
      case "close":
        this.#isClosed = true;
    }
  }

  /** @param {number} frames  made just now */
  #report(frames) {
    const { isPlaying, current, played } = this.#queue;
    const id = current?.id ?? null;
    const key = [this.#take, isPlaying, id, this.#newest].join();
    const isDue = isPlaying && currentTime - this.#reportedAt >= REPORT_EVERY;
    if (key === this.#reported && !isDue) return;
    this.#reported = key;
    this.#reportedAt = currentTime;
    const time = currentTime + frames / sampleRate;
    const currentBegan = played - (current?.taken ?? 0);
    this.port.postMessage({ report: {
      take: this.#take, time, played: toMs(played), isPlaying, current: id, currentBegan: toMs(currentBegan), newest: this.#newest,
    } });
  }
}

/** @param {number} samples */
function toMs(samples) {
  return (samples / SPEECH_HZ) * 1000;
}

registerProcessor("player", Player);
