/** The browser's own recogniser: started, kept going, and given up where it cannot be had. */

import { Results } from "./results.js";

/** Before a session follows another, milliseconds; doubled with each failure in a row. Source: Web Speech API, field reports. */
const PAUSE = 250;
const LONGEST_PAUSE = 4_000;

/** Failures in a row after which it counts as broken. */
const TRIES = 3;

/** How long the question whether the device itself can do it may take, milliseconds. */
const PATIENCE = 500;

/** These do not pass by trying again. `audio-capture`: the recogniser alone has no microphone if ours is open. */
const LASTING = new Set(["network", "service-not-allowed", "language-not-supported", "not-allowed", "audio-capture", "phrases-not-supported", "bad-grammar"]);

/**
 * The browser's interface, as far as it is used here; TypeScript's own lacks what is newer.
 * Source: https://webaudio.github.io/web-speech-api/
 * @typedef {EventTarget & {continuous: boolean, interimResults: boolean, lang: string, processLocally?: boolean,
 *   start: (track?: MediaStreamTrack) => void, stop: () => void, abort: () => void}} Recognition
 * @typedef {{new (): Recognition, available?: (wish: {langs: string[], processLocally: boolean}) => Promise<string>}} RecognitionClass
 *
 * @typedef {object} RecognizerEvents
 * @property {(final: string, interim: string) => void} words  that follow the final ones before; those after them that may still change
 * @property {() => void} ended   a session that was to be finished has told all
 * @property {(code: string) => void} failed  it is given up; one of the API's codes, or "missing"
 * @property {(isLocal: boolean) => void} started  sound goes to this device's own recogniser, or to the browser's maker
 */

/** Found at the time of use. @returns {RecognitionClass|null} */
function recognitionClass() {
  const names = /** @type {Record<string, any>} */ (/** @type {unknown} */ (globalThis));
  return names.SpeechRecognition ?? names.webkitSpeechRecognition ?? null;
}

export class Recognizer {
  #events;
  #language;
  /** @type {Recognition|null} */
  #session = null;
  /** @type {MediaStreamTrack|null} */
  #track = null;
  #results = new Results();
  #isWanted = false;
  #isFinishing = false;
  /** We broke the session off ourselves. */
  #isAborted = false;
  #failures = 0;
  #error = "";
  /** The device itself can do it; null: not asked yet. @type {boolean|null} */
  #isLocal = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** @param {string} language  a BCP 47 tag @param {RecognizerEvents} events */
  constructor(language, events) {
    this.#language = language;
    this.#events = events;
  }

  /** Hear from now on, again and again. @param {MediaStreamTrack|null} track  heard where the browser takes one; else it opens its own */
  start(track) {
    const isOther = track !== this.#track;
    this.#track = track;
    if (this.#isWanted && !isOther) return;
    this.#isWanted = true;
    this.#isFinishing = false;
    if (this.#session) this.#breakOff(); // its end begins the next one
    else this.#begin();
  }

  /** Hear no more; what was heard so far is still told, then `ended`. */
  finish() {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    this.#isFinishing = true;
    if (this.#session) this.#session.stop();
    else this.#finished();
  }

  /** Hear no more, and forget what was heard. May run twice. */
  abort() {
    this.#isWanted = this.#isFinishing = false;
    clearTimeout(this.#timer);
    this.#breakOff();
  }

  /** The words so far were said: only what follows them is news. */
  take() {
    this.#results.take();
  }

  #breakOff() {
    this.#isAborted = true;
    this.#session?.abort();
  }

  async #begin() {
    clearTimeout(this.#timer);
    const found = recognitionClass();
    if (!found) return this.#fail("missing");
    this.#isLocal ??= await this.#isOnDevice(found);
    if (!this.#isWanted || this.#session) return;
    const session = new found();
    session.continuous = true; // no effect on Android, where each phrase is a session
    session.interimResults = true;
    session.lang = this.#language;
    if (this.#isLocal) session.processLocally = true;
    this.#session = session;
    this.#error = "";
    this.#isAborted = false;
    this.#results = new Results();
    this.#follow(session);
    this.#run(session);
  }

  /** Only where the words of a language are on the device already: to fetch them is 50 MB and more, which nobody asked for. @param {RecognitionClass} found */
  async #isOnDevice(found) {
    if (!found.available) return false;
    const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE, "unavailable"); });
    const asked = found.available({ langs: [this.#language], processLocally: true }).catch(() => "unavailable");
    return await Promise.race([asked, late]) === "available";
  }

  /** @param {Recognition} session */
  #follow(session) {
    session.addEventListener("start", () => { if (session === this.#session) this.#events.started(this.#isLocal === true); });
    session.addEventListener("result", (event) => this.#hear(session, event));
    session.addEventListener("error", (event) => {
      if (session === this.#session) this.#error = /** @type {SpeechRecognitionErrorEvent} */ (event).error;
    });
    session.addEventListener("end", () => { if (session === this.#session) this.#end(); });
  }

  /** @param {Recognition} session */
  #run(session) {
    try {
      if (this.#track?.readyState === "live") session.start(this.#track);
      else session.start();
    } catch {
      this.#error = "service-not-allowed";
      this.#end();
    }
  }

  /** @param {Recognition} session @param {Event} event */
  #hear(session, event) {
    if (session !== this.#session || this.#isAborted) return;
    this.#failures = 0;
    const { results } = /** @type {SpeechRecognitionEvent} */ (event);
    const { final, interim } = this.#results.read(Array.from(results, (result) => ({ text: result[0]?.transcript ?? "", isFinal: result.isFinal })));
    this.#events.words(final, interim);
  }

  #end() {
    const error = this.#error;
    this.#session = null;
    if (this.#isWanted && LASTING.has(error) && !this.#passes(error)) return this.#fail(error);
    const words = this.#isAborted ? "" : this.#results.unfinished;
    if (words) this.#events.words(words, ""); // nobody is left to change them
    if (this.#isFinishing) return this.#finished();
    if (!this.#isWanted) return;
    // "no-speech" and an end without an error are the normal course; another tab's recogniser aborts ours.
    if (error && error !== "no-speech" && !this.#isAborted) this.#failures += 1;
    if (this.#failures >= TRIES) return this.#fail(error);
    this.#timer = setTimeout(() => this.#begin(), Math.min(PAUSE * 2 ** this.#failures, LONGEST_PAUSE));
  }

  /** @param {string} error */
  #passes(error) {
    if (error === "language-not-supported" && this.#isLocal) {
      this.#isLocal = false; // its maker may know it
      return true;
    }
    // The microphone is gone for everybody: we are started again when it returns.
    if (error === "audio-capture" && this.#track?.readyState === "ended") this.#isWanted = false;
    return !this.#isWanted;
  }

  #finished() {
    this.#isFinishing = false;
    this.#events.ended();
  }

  /** @param {string} code */
  #fail(code) {
    this.#isWanted = false;
    this.#events.failed(code);
  }
}
