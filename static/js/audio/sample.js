/** A sound that is played once, on the speaker and as loud as a reply would be. */

import { chosenSpeaker, chosenVolume } from "./choices.js";

export class Sample {
  /** @type {{audio: HTMLAudioElement, end: () => void}|null} */
  #playing = null;

  /** @param {Blob} sound  a file such as WAV @returns {Promise<void>} when it is over */
  async play(sound) {
    this.stop();
    const audio = new Audio(URL.createObjectURL(sound));
    audio.volume = chosenVolume();
    const speaker = chosenSpeaker();
    if (speaker) await audio.setSinkId?.(speaker).catch(() => {}); // gone: the system's own
    const over = new Promise((resolve, reject) => {
      this.#playing = { audio, end: () => resolve(undefined) };
      audio.addEventListener("ended", resolve, { once: true });
      audio.addEventListener("error", () => reject(audio.error), { once: true });
    });
    try {
      await audio.play();
      await over;
    } finally {
      if (this.#playing?.audio === audio) this.#playing = null;
      URL.revokeObjectURL(audio.src);
    }
  }

  stop() {
    this.#playing?.audio.pause();
    this.#playing?.end();
    this.#playing = null;
  }
}
