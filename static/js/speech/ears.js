/**
 * How the browser hears in text mode. Its recogniser writes down what is said; the gate hears beside it when
 * somebody speaks and keeps the sound, so that the server can take over without the loss of a word.
 */

import { MicrophoneGate } from "../audio/microphone_gate.js";
import { Timers } from "../call/timers.js";
import { problem, toProblem } from "../errors.js";
import { OwnVoice } from "./own_voice.js";
import { hasRecognizerFailed, rememberRecognizerFailure } from "./recognizer_memory.js";
import { RecognizerRoad } from "./recognizer_road.js";
import { TranscriptionRoad } from "./transcription_road.js";
import { Floor } from "./utterance.js";

/** People let go of the talk button with the last sound on their lips, milliseconds. */
const RELEASE_TAIL = 200;

/**
 * @typedef {"browser"|"device"|"server"} Road  who writes down the words
 *
 * @typedef {object} EarsSettings
 * @property {string} [language]  a BCP 47 tag; "": the browser's
 * @property {"open"|"hold"|"tap"} [talk]  when it listens: always, or while pressed
 * @property {"listen"|"pause"} [echo]  while our own voice sounds: go on listening, or be deaf
 * @property {(track: MediaStreamTrack|null) => Promise<boolean>} [isHeadphones]  whether our own voice cannot come back
 *
 * @typedef {object} EarsEvents  one utterance is began, words*, said
 * @property {() => void} began  a person began to speak, sure not to be our own echo
 * @property {(text: string) => void} words  of the utterance so far
 * @property {(text: string) => void} said   the whole utterance; "": there was nothing in it
 * @property {(road: Road) => void} road
 * @property {(what: import("../errors.js").Problem) => void} notice
 * @property {(light: import("../types.js").Light) => void} light  "lost": nothing is left to hear with
 */

export class Ears {
  #microphone;
  #settings;
  #events;
  #floor;
  #voice;
  #timers = new Timers();
  /** @type {MicrophoneGate|null} */
  #gate;
  /** null: all goes over the server. @type {RecognizerRoad|null} */
  #recognizer = null;
  #server;
  #isMuted = false;
  #isRunning = false;

  /** @param {import("../audio/microphone.js").Microphone} microphone @param {EarsSettings} settings @param {EarsEvents} events */
  constructor(microphone, settings, events) {
    this.#microphone = microphone;
    this.#settings = settings;
    this.#events = events;
    this.#floor = new Floor(events);
    this.#voice = new OwnVoice(settings.isHeadphones);
    this.#server = new TranscriptionRoad(this.#floor, this.#voice, events.notice);
    this.#gate = new MicrophoneGate({ began: () => this.#begin(), ended: (sound) => this.#end(sound) });
  }

  /** Begin to hear; the microphone may open later. Throws nothing: failures are notices. */
  async start() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#microphone.addEventListener("track", this.#follow);
    this.#microphone.addEventListener("lost", this.#follow);
    if (!hasRecognizerFailed()) this.#recognizer = this.#newRecognizer();
    this.#events.road(this.#recognizer ? "browser" : "server");
    this.#follow();
    try {
      await this.#gate?.start();
    } catch (error) {
      this.#gate = null;
      if (!this.#recognizer) this.#giveUp(toProblem(error));
    }
  }

  /** May run twice. */
  stop() {
    this.#isRunning = false;
    this.#microphone.removeEventListener("track", this.#follow);
    this.#microphone.removeEventListener("lost", this.#follow);
    this.#timers.stopAll();
    this.#recognizer?.abort();
    this.#server.stop();
    this.#gate?.close();
    this.#voice.close();
    this.#floor.said();
  }

  /** @param {EarsSettings} changes */
  update(changes) {
    const { language } = this.#settings;
    this.#settings = { ...this.#settings, ...changes };
    if (!this.#isRunning) return;
    if (this.#recognizer && this.#settings.language !== language) {
      this.#recognizer.abort();
      this.#recognizer = this.#newRecognizer();
    }
    this.#listen();
  }

  /** Begin an utterance at once (talk control hold or tap). */
  press() {
    if (!this.#isRunning || this.#isMuted || this.#isOpen) return;
    this.#timers.stop("tail");
    this.#floor.open().isPressed = true;
    this.#floor.began();
    this.#gate?.order({ order: "press" });
    if (this.#microphone.track) this.#recognizer?.start(this.#microphone.track);
  }

  /** It ends after a short tail. */
  release() {
    if (!this.#floor.utterance?.isPressed) return;
    this.#gate?.order({ order: "release" });
    this.#timers.start("tail", RELEASE_TAIL, () => this.#recognizer?.finish());
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.#isMuted = isMuted;
    if (this.#isRunning) this.#listen();
  }

  /** Our own voice sounds, or no longer. @param {{output: AudioNode|null, since: number}|null} voice  output: null where the page cannot hear it */
  speaking(voice) {
    if (voice?.output) this.#gate?.compareWith(voice.output);
    this.#voice.speaking(voice);
    if (this.#isRunning) this.#listen();
  }

  /** These words of ours sound then. @param {string} text @param {number} fromMs  performance.now() @param {number} toMs @param {string} id  told again, it is no other clause */
  spoke(text, fromMs, toMs, id) {
    this.#voice.spoke(text, fromMs, toMs, id);
  }

  // When it listens

  get #isOpen() {
    return (this.#settings.talk ?? "open") === "open";
  }

  /** The microphone is another one now, or gone. */
  #follow = () => {
    const { track } = this.#microphone;
    this.#gate?.listen(track);
    this.#voice.follow(track);
    if (track) this.#listen();
    else this.#recognizer?.finish(); // what was said until it was lost is still told
  };

  /** Open or close the ears, whatever the reason was. */
  #listen() {
    const deafMs = this.#settings.echo === "pause" ? this.#voice.deafMs : 0;
    if (deafMs > 0 && deafMs < Infinity) this.#timers.start("deaf", deafMs, () => this.#listen());
    const isHearing = this.#isOpen && !this.#isMuted && deafMs === 0;
    const isPressed = this.#floor.utterance?.isPressed && !this.#isOpen && !this.#isMuted;
    this.#gate?.order({ order: "open", isOpen: isHearing });
    if (isHearing && this.#microphone.track) this.#recognizer?.start(this.#microphone.track);
    else if (!isHearing && !isPressed) this.#drop();
  }

  /** Be deaf. What was said before is still written down, what is being said is not. */
  #drop() {
    this.#gate?.order({ order: "drop" });
    this.#recognizer?.abort();
    const { utterance } = this.#floor;
    if (!utterance) return;
    const isOver = !utterance.isVoiced && !utterance.isPressed;
    utterance.isVoiced = utterance.isPressed = false;
    if (!utterance.pending) this.#floor.said(isOver ? utterance.text : "");
  }

  // What the gate hears

  #begin() {
    this.#floor.open().isVoiced = true;
    // Where nobody can compare, the words will tell whose they are.
    if (!this.#voice.mayDeceive) this.#floor.began();
    this.#recognizer?.settle();
  }

  /** @param {import("../audio/gate.js").Sound} sound */
  #end(sound) {
    const { utterance } = this.#floor;
    if (!utterance) return;
    utterance.add(sound);
    if (this.#recognizer) return this.#recognizer.settle();
    if (!sound.isCut) utterance.isPressed = false;
    this.#server.send(utterance, this.#language);
  }

  // Who writes it down

  get #language() {
    return this.#settings.language ?? "";
  }

  #newRecognizer() {
    return new RecognizerRoad(this.#language || navigator.language, this.#floor, this.#voice, {
      started: (isLocal) => this.#events.road(isLocal ? "device" : "browser"),
      noise: () => this.#gate?.order({ order: "drop" }),
      failed: (code) => this.#changeOver(code),
    });
  }

  /** From now on the server writes down the words, and those that were missed. @param {string} code  of the recogniser's failure */
  #changeOver(code) {
    const missed = this.#recognizer?.takeMissed() ?? [];
    this.#recognizer?.abort();
    this.#recognizer = null;
    rememberRecognizerFailure(code);
    if (!this.#gate) return this.#giveUp(problem("transcription-failed"));
    this.#events.notice(problem(code === "not-allowed" ? "recognizer-denied" : "recognizer-changed"));
    this.#events.road("server");
    if (!this.#floor.utterance && !missed.length) return;
    const utterance = this.#floor.open();
    this.#floor.began();
    utterance.sounds.unshift(...missed);
    // The talk button was let go, and the gate has told all.
    if (utterance.sounds.length && !utterance.isVoiced) utterance.isPressed = false;
    this.#server.send(utterance, this.#language);
  }

  /** @param {import("../errors.js").Problem} why */
  #giveUp(why) {
    this.#floor.said();
    this.#events.light("lost");
    this.#events.notice(why);
  }
}
