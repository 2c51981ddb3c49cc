/** The ears and the mouth of one call: its microphone, which a typed call does without, and its speaker. */

import { problem, toProblem } from "../errors.js";
import { Microphone } from "./microphone.js";
import { Speaker } from "./speaker.js";

/**
 * @typedef {object} SoundEvents
 * @property {(track: MediaStreamTrack|null) => void} track  of the microphone; it is another one now
 * @property {(light: import("../types.js").Light) => void} light
 * @property {(what: import("../errors.js").Problem) => void} notice
 * @property {(code: string) => void} settled  a notice is over
 */

export class Sound {
  speaker = new Speaker();
  /** @type {Microphone|null} */
  microphone = null;
  isMuted;
  #events;

  /** @param {boolean} isMuted @param {SoundEvents} events */
  constructor(isMuted, events) {
    this.isMuted = isMuted;
    this.#events = events;
    this.speaker.addEventListener("blocked", () => events.notice(problem("autoplay-refused")));
    this.speaker.addEventListener("playing", () => events.settled("autoplay-refused"));
  }

  /** Loudness of the person and of the assistant, each 0 to 1 or null. */
  get levels() {
    return { input: this.microphone?.level() ?? null, output: this.speaker.level() };
  }

  /** A microphone that is not open yet; nobody is asked for it before that. */
  addMicrophone() {
    const microphone = new Microphone();
    microphone.mute(this.isMuted);
    microphone.addEventListener("track", () => {
      this.#events.track(microphone.track);
      this.#events.light("on");
    });
    microphone.addEventListener("lost", () => {
      this.#events.light("lost");
      this.#events.notice(problem("microphone-lost"));
    });
    this.microphone = microphone;
    return microphone;
  }

  /** Open a microphone in the middle of a call, or another one. Nothing is let through before a mode listens. */
  async openMicrophone() {
    const microphone = this.microphone ?? this.addMicrophone();
    try {
      await microphone.open();
      this.#events.settled("microphone-lost");
    } catch (error) {
      if (!microphone.track) this.microphone = null;
      this.#events.notice(toProblem(error));
    }
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.isMuted = isMuted;
    this.microphone?.mute(isMuted);
  }

  stop() {
    this.microphone?.stop();
    this.microphone = null;
    this.speaker.stop();
  }
}
