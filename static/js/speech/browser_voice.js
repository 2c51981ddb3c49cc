/** The voice that the browser brings along (speechSynthesis), one chunk after the other. */

import { chosenVolume } from "../audio/choices.js";
import { plainText } from "./plain_text.js";

/** So long the list of voices may be empty after the page has loaded, milliseconds. */
const VOICES_PATIENCE = 1_000;

/** A chunk that is spoken right after `cancel` is lost in Chrome; milliseconds. Source: https://issues.chromium.org/issues/41476064 */
const AFTER_CANCEL = 50;

/** Until a chunk begins to sound, milliseconds. */
const BEGIN_PATIENCE = 4_000;

/** Milliseconds per character after which a chunk is stuck: four times as slow as people speak. */
const SLOWEST = 260;

/**
 * @typedef {object} SpeakingEvents
 * @property {() => void} began
 * @property {(index: number) => void} word  the word at this place of the text begins
 */

export class BrowserVoice {
  #speed = 1;
  #language = "";
  /** @type {SpeechSynthesisVoice|null} */
  #voice = null;
  /** What is spoken; Chrome forgets its events when nobody holds it. @type {SpeechSynthesisUtterance|null} */
  #utterance = null;
  /** performance.now() */
  #cancelledAt = -Infinity;
  #cancelled = new AbortController();

  /**
   * Choose a voice.
   * @param {{language?: string|null, speed?: number|null}} wishes
   * @returns {Promise<boolean>} false: this browser has none
   */
  async prepare({ language, speed }) {
    this.#speed = speed ?? 1;
    this.#language = language || document.documentElement.lang || navigator.language;
    this.#voice = bestVoice(await voices(), this.#language);
    return this.#voice !== null;
  }

  /** Whether the chosen voice needs nobody else. */
  get isOnDevice() {
    return this.#voice?.localService ?? false;
  }

  /**
   * @param {string} text  Markdown
   * @param {SpeakingEvents} events
   * @returns {Promise<void>} ends with the sound, also when it was cancelled
   * @throws where nothing is heard
   */
  async speak(text, { began, word }) {
    const plain = plainText(text);
    if (!/[\p{L}\p{N}]/u.test(plain)) return;
    const { signal } = this.#cancelled;
    await pause(this.#cancelledAt + AFTER_CANCEL - performance.now());
    if (signal.aborted) return;
    const utterance = new SpeechSynthesisUtterance(plain);
    Object.assign(utterance, { voice: this.#voice, lang: this.#voice?.lang ?? this.#language, rate: this.#speed, volume: chosenVolume() });
    this.#utterance = utterance;
    let timer = 0;
    try {
      await new Promise((resolve, reject) => {
        /** @param {number} ms */
        const watch = (ms) => {
          clearTimeout(timer);
          timer = window.setTimeout(() => reject(new Error("the browser's voice does not go on")), ms);
        };
        watch(BEGIN_PATIENCE);
        signal.addEventListener("abort", resolve, { once: true });
        utterance.addEventListener("start", () => {
          watch(BEGIN_PATIENCE + (text.length * SLOWEST) / this.#speed);
          if (this.#utterance === utterance) began();
        });
        utterance.addEventListener("boundary", ({ name, charIndex }) => { if (name === "word") word(charIndex); });
        utterance.addEventListener("end", resolve);
        utterance.addEventListener("error", ({ error }) => reject(new Error(error)));
        speechSynthesis.speak(utterance);
      });
    } catch (error) {
      this.cancel();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Fall silent at once. */
  cancel() {
    this.#cancelled.abort();
    this.#cancelled = new AbortController();
    this.#cancelledAt = performance.now();
    this.#utterance = null;
    globalThis.speechSynthesis?.cancel();
  }
}

/** @returns {Promise<SpeechSynthesisVoice[]>} */
async function voices() {
  const { speechSynthesis } = globalThis;
  if (!speechSynthesis) return [];
  if (speechSynthesis.getVoices().length === 0) {
    await new Promise((resolve) => {
      speechSynthesis.addEventListener?.("voiceschanged", resolve, { once: true });
      setTimeout(resolve, VOICES_PATIENCE);
    });
  }
  return speechSynthesis.getVoices();
}

/**
 * A voice of this language, rather one that speaks on this device: the others stop in long texts and tell no words.
 * @param {SpeechSynthesisVoice[]} found
 * @param {string} language
 */
function bestVoice(found, language) {
  const [wanted = "", region] = language.toLowerCase().split(/[-_]/);
  const speaking = found.filter(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === wanted);
  /** @param {SpeechSynthesisVoice} voice */
  const rank = (voice) => 4 * Number(voice.localService) + 2 * Number(voice.lang.toLowerCase().endsWith(region ?? " ")) + Number(voice.default);
  return speaking.sort((one, other) => rank(other) - rank(one))[0] ?? null;
}

/** @param {number} ms */
function pause(ms) {
  return ms > 0 ? new Promise((resolve) => { setTimeout(resolve, ms); }) : undefined;
}
