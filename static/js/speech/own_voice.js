/** What the ears know of our own voice: when it sounds, what it says, and whether it can come back at all. */

import { wearsHeadphones } from "../audio/headphones.js";
import { Echo } from "./echo.js";
import { wordsOf } from "./echo_words.js";

/** Deaf for so long after our voice, with echo "pause": the room's echo and the way of the sound. Milliseconds. */
const AFTER = 300;

export class OwnVoice {
  /** Our voice sounds, without an output the gate could compare with. */
  isUnseen = false;
  isSounding = false;
  #echo = new Echo();
  #isWorn = false;
  #silentSince = -Infinity;
  #find;
  /** @type {MediaStreamTrack|null} */
  #track = null;

  /** @param {(track: MediaStreamTrack|null) => Promise<boolean>} [find]  whether headphones are worn */
  constructor(find = wearsHeadphones) {
    this.#find = find;
    navigator.mediaDevices?.addEventListener("devicechange", this.#look);
  }

  /** Headphones may come and go with the microphone. @param {MediaStreamTrack|null} track */
  follow(track) {
    this.#track = track;
    this.#look();
  }

  /** @param {{output: AudioNode|null}|null} voice  null: it is silent now */
  speaking(voice) {
    this.isSounding = voice !== null;
    this.isUnseen = voice !== null && voice.output === null;
    if (voice) this.#echo.sounds();
    else this.#echo.fallsSilent(this.#silentSince = performance.now());
  }

  /** @param {string} text @param {number} fromMs  performance.now() @param {number} toMs @param {string} id */
  spoke(text, fromMs, toMs, id) {
    this.#echo.spoke(text, fromMs, toMs, id);
  }

  /** How long one has to be deaf on its account, milliseconds; Infinity: as long as it sounds. */
  get deafMs() {
    if (this.#isWorn) return 0;
    return this.isSounding ? Infinity : Math.max(0, this.#silentSince + AFTER - performance.now());
  }

  /** Whether a sound that the gate takes for a person may be our own voice after all. */
  get mayDeceive() {
    return this.isUnseen && !this.#isWorn;
  }

  /**
   * The person's words among those that were recognised.
   * @param {string} words
   * @param {number} sinceMs  performance.now() when they began
   * @param {boolean} isPerson  the gate heard a person
   */
  without(words, sinceMs, isPerson) {
    if (this.#isWorn) return words;
    const left = this.#echo.withoutOwn(words, performance.now(), sinceMs);
    // One word beside ours is more likely a recogniser's error than a person.
    return left !== words && !isPerson && wordsOf(left).length < 2 ? "" : left;
  }

  /** May run twice. */
  close() {
    navigator.mediaDevices?.removeEventListener("devicechange", this.#look);
  }

  #look = async () => {
    this.#isWorn = await this.#find(this.#track).catch(() => false);
  };
}
