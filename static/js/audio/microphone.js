/** The microphone of one call: opened, muted, exchanged, followed when it goes and comes. */

import { problem, toMicrophoneProblem } from "../errors.js";
import { chosenMicrophone } from "./choices.js";
import { LastLoud } from "./last_loud.js";
import { Meter } from "./meter.js";

/** On for every device: without them the assistant hears itself. */
const CLEANING = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Events: `track` (it is another one now), `lost` (unplugged or withdrawn). */
export class Microphone extends EventTarget {
  /** @type {MediaStream|null} */
  #stream = null;
  /** @type {Meter|null} */
  #meter = null;
  #lastLoud = new LastLoud();
  #isMuted = false;
  #isHeld = true;
  #isStopped = false;

  get track() {
    return this.#stream?.getAudioTracks()[0] ?? null;
  }

  /**
   * Ask for the chosen device, or any other if that is gone.
   * @returns {Promise<MediaStreamTrack|null>} null if it was stopped meanwhile
   * @throws {import("../errors.js").Problem}
   */
  async open() {
    if (!window.isSecureContext) throw problem("insecure-origin");
    if (!navigator.mediaDevices) throw problem("microphone-unsupported");
    const id = chosenMicrophone();
    const device = id ? { deviceId: { ideal: id } } : {};
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...CLEANING, ...device } })
      .catch((error) => { throw toMicrophoneProblem(error); });
    this.#release();
    this.#stream = stream;
    this.#apply();
    if (this.#isStopped) return this.#release();
    this.track?.addEventListener("ended", () => this.#lose(stream), { once: true });
    this.dispatchEvent(new Event("track"));
    return this.track;
  }

  /** Let nothing through until the other side is ready to listen. @param {boolean} isHeld */
  hold(isHeld) {
    this.#isHeld = isHeld;
    this.#apply();
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.#isMuted = isMuted;
    this.#apply();
  }

  /** Loudness from 0 to 1; null if there is nothing to measure. */
  level() {
    if (!this.#stream || this.#isHeld) return null;
    this.#meter ??= new Meter(this.#stream);
    const level = this.#meter.level();
    if (level !== null) this.#lastLoud.hear(level, performance.now());
    return level;
  }

  /** When the person was last heard, by whoever looked at the level: performance.now(), or null. */
  get lastLoudAt() {
    return this.#lastLoud.at;
  }

  stop() {
    this.#isStopped = true;
    this.#release();
  }

  #apply() {
    if (this.track) this.track.enabled = !this.#isMuted && !this.#isHeld;
  }

  /** @param {MediaStream} stream */
  #lose(stream) {
    if (stream !== this.#stream) return;
    this.#release();
    this.dispatchEvent(new Event("lost"));
  }

  #release() {
    this.#meter?.close();
    this.#meter = null;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    return null;
  }
}
