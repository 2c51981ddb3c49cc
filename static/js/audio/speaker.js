/** The assistant's voice of one call, in one audio element. */

import { chosenSpeaker, chosenVolume } from "./choices.js";
import { Meter } from "./meter.js";

/** Events: `blocked` (the browser waits for a tap), `playing`. */
export class Speaker extends EventTarget {
  #element = document.createElement("audio");
  /** @type {Meter|null} */
  #meter = null;
  #isHushed = false;
  #isSilenced = false;

  constructor() {
    super();
    this.#element.autoplay = true;
    this.#element.setAttribute("playsinline", "");
    this.#element.volume = chosenVolume();
    document.body.append(this.#element);
  }

  /** @param {MediaStream} stream */
  async play(stream) {
    this.#meter?.close();
    this.#meter = null;
    this.#element.srcObject = stream;
    await this.useChosenDevice();
    await this.unlock();
  }

  /** Try again to be heard, after a tap. */
  async unlock() {
    try {
      await this.#element.play();
      this.dispatchEvent(new Event("playing"));
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.dispatchEvent(new Event("blocked"));
    }
  }

  /** Speak through the chosen device, where the browser can. */
  async useChosenDevice() {
    const id = chosenSpeaker();
    if (!this.#element.setSinkId || this.#element.sinkId === id) return;
    await this.#element.setSinkId(id).catch(() => {}); // it is unplugged: the system's own goes on
  }

  /** Drop what is left of an interrupted reply. @param {boolean} isHushed */
  hush(isHushed) {
    this.#isHushed = isHushed;
    this.#element.muted = isHushed || this.#isSilenced;
  }

  /** The person wants to read only. @param {boolean} isSilenced */
  silence(isSilenced) {
    this.#isSilenced = isSilenced;
    this.#element.muted = isSilenced || this.#isHushed;
  }

  /** @param {number} volume  from 0 to 1 */
  set volume(volume) {
    this.#element.volume = volume;
  }

  /** Loudness of the voice from 0 to 1; null if there is nothing to measure. */
  level() {
    const stream = this.#element.srcObject;
    if (!(stream instanceof MediaStream)) return null;
    this.#meter ??= new Meter(stream);
    return this.#meter.level();
  }

  stop() {
    this.#meter?.close();
    this.#meter = null;
    this.#element.srcObject = null;
    this.#element.remove();
  }
}
