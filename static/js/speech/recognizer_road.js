/** Utterances on their way over the browser's recogniser: when its words are the person's, and when they are all. */

import { Timers } from "../call/timers.js";
import { Recognizer } from "./recognizer.js";
import { joined } from "./results.js";

/** After the last sound: how long final words are waited for before the live ones count as final, and any words. Milliseconds. */
const FINAL_PATIENCE = 700;
const WORDS_PATIENCE = 3_000;

/** Words that do not change for so long are final where no sound tells of an end, milliseconds. */
const STANDSTILL = 4_000;

/** How long a noise may keep final words from being all, milliseconds. */
const NOISE_PATIENCE = 1_500;

/** How long the last words are waited for after the talk button was let go, milliseconds. */
const RELEASE_PATIENCE = 1_500;

/** A recogniser's words begin so long before they come, milliseconds. */
const RECOGNITION = 1_500;

/** A voice so long is no cough: a recogniser that has no words for it missed something. Milliseconds. */
const WORTH_WORDS = 400;
const MISSES = 3;

/** Missed sound older than this is of no use to anybody, milliseconds. */
const KEPT_FOR = 30_000;

/**
 * @typedef {object} RoadEvents
 * @property {(code: string) => void} failed  the recogniser is given up; "missed": it has no words for what was said
 * @property {(isLocal: boolean) => void} started
 * @property {() => void} noise  an utterance ended though the gate still hears something
 */

export class RecognizerRoad {
  #floor;
  #voice;
  #events;
  #recognizer;
  #timers = new Timers();
  /** Utterances without words, in case the recogniser turns out to be broken. @type {{at: number, sounds: Int16Array[]}[]} */
  #missed = [];
  #misses = 0;
  #hasDelivered = false;
  /** performance.now() of the first of the words that the recogniser is at; 0: of none. */
  #wordsSince = 0;

  /** @param {string} language @param {import("./utterance.js").Floor} floor @param {import("./own_voice.js").OwnVoice} voice @param {RoadEvents} events */
  constructor(language, floor, voice, events) {
    this.#floor = floor;
    this.#voice = voice;
    this.#events = events;
    this.#recognizer = new Recognizer(language, {
      words: (final, interim) => this.#hear(final, interim),
      started: events.started,
      ended: () => this.#finished(),
      failed: events.failed,
    });
  }

  /** Sounds for which it had no words lately, oldest first; they are given away. */
  takeMissed() {
    const late = performance.now() - KEPT_FOR;
    return this.#missed.splice(0).filter(({ at }) => at > late).flatMap(({ sounds }) => sounds);
  }

  /** @param {MediaStreamTrack} track */
  start(track) {
    this.#timers.stop("release");
    this.#recognizer.start(track);
  }

  /** What was said until now is all. */
  finish() {
    this.#timers.start("release", RELEASE_PATIENCE, () => this.#finished());
    this.#recognizer.finish();
  }

  /** May run twice. */
  abort() {
    this.#wordsSince = 0;
    this.#timers.stopAll();
    this.#recognizer.abort();
  }

  /** The gate heard an end or a begin: is the utterance over? Called again by all news, and by the end of each patience. */
  settle() {
    const { utterance } = this.#floor;
    if (!utterance || utterance.isPressed) return;
    const { final, interim, isVoiced, sounds } = utterance;
    if (isVoiced && !utterance.text) this.#timers.stop("settle");
    else if (isVoiced) this.#timers.start("settle", interim ? STANDSTILL : NOISE_PATIENCE, () => { this.#say(); this.#events.noise(); });
    else if (interim) this.#timers.start("settle", sounds.length ? FINAL_PATIENCE : STANDSTILL, () => this.#say());
    else if (final) this.#say();
    else this.#timers.start("settle", WORDS_PATIENCE, () => this.#miss(utterance));
  }

  /** @param {string} final  that follow those before @param {string} interim  that may still change */
  #hear(final, interim) {
    if (final || interim) this.#wordsSince ||= performance.now() - RECOGNITION;
    const { utterance: before } = this.#floor;
    const isTold = before?.isTold ?? false;
    const since = before && isTold ? Math.min(before.since, this.#wordsSince) : this.#wordsSince;
    const said = this.#voice.without(final, since, isTold);
    const coming = this.#voice.without(interim, since, isTold);
    if (!interim) this.#wordsSince = 0;
    if (!before && !said && !coming) return;
    const utterance = this.#floor.open();
    utterance.final = joined(utterance.final, said);
    utterance.interim = coming;
    if (said || coming) {
      this.#hasDelivered = true;
      this.#misses = 0;
      this.#floor.words();
    }
    this.settle();
  }

  #say() {
    this.#timers.stop("settle");
    this.#recognizer.take();
    this.#wordsSince = 0;
    this.#floor.said();
  }

  /** The recogniser has told all that it heard. */
  #finished() {
    this.#timers.stop("release");
    const { utterance } = this.#floor;
    if (!utterance) return;
    utterance.isPressed = false;
    if (utterance.text) this.#say();
    else if (utterance.sounds.length) this.#miss(utterance);
    else this.settle();
  }

  /** The recogniser had no words for it. @param {import("./utterance.js").Utterance} utterance */
  #miss(utterance) {
    if (utterance.voicedMs >= WORTH_WORDS && !this.#voice.isSounding) {
      this.#misses += 1;
      if (!this.#hasDelivered || this.#misses >= MISSES) return this.#events.failed("missed");
      this.#missed.push({ at: performance.now(), sounds: utterance.sounds });
      this.#missed.splice(0, this.#missed.length - MISSES);
    }
    this.#floor.said("");
  }
}
