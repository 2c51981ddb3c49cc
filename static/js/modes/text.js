/**
 * Text mode: the page has what is said written down, only words go to the provider, and its written answer is spoken here.
 * No sound of the microphone goes over the line.
 */

import { Ears } from "../speech/ears.js";
import { SpokenReplies } from "./spoken_replies.js";
import { Utterances } from "./utterances.js";

/** @typedef {import("../types.js").ModeHost} ModeHost */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

export class TextMode {
  name = "text";
  /** @type {"browser"|"device"|"server"|null} */
  hearing = null;
  #host;
  #replies;
  #utterances;
  /** @type {Ears|null} */
  #ears = null;
  /** @type {import("../audio/microphone.js").Microphone|null} */
  #microphone = null;

  /** @param {ModeHost} host */
  constructor(host) {
    this.#host = host;
    this.#replies = new SpokenReplies(host, () => this.#ears);
    this.#utterances = new Utterances(host.conversation, () => this.#replies.interrupt());
  }

  get voicing() {
    return this.#replies.voicing;
  }

  begin() {
    this.#replies.begin();
    this.listen();
  }

  listen() {
    const { microphone, isMuted } = this.#host.sound;
    microphone?.hold(false);
    if (!microphone || microphone === this.#microphone) return;
    this.#ears?.stop();
    this.#microphone = microphone;
    this.#ears = this.#newEars(microphone);
    this.#ears.mute(isMuted);
    this.#ears.start();
  }

  /** The provider's line is silent in this mode. */
  play() {}

  /** @param {RealtimeEvent} event */
  hear(event) {
    this.#replies.hear(event);
  }

  /** A reply that is only read may go on: nobody is talked over. */
  yield() {
    const { activity, dialogue: { responseId, voicedId } } = this.#host.conversation;
    const isRead = responseId && !voicedId;
    if ((activity === "thinking" || activity === "speaking") && !isRead) this.interrupt();
  }

  interrupt() {
    this.#replies.interrupt();
  }

  press() {
    this.#ears?.press();
  }

  release() {
    this.#ears?.release();
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.#ears?.mute(isMuted);
  }

  apply() {
    const { voice_text: voice, speed, language } = this.#host.settings;
    this.#replies.update({ voice, speed, language });
    this.#ears?.update(this.#earsSettings());
  }

  /** What is said now waits for the next session. */
  lose() {
    const { conversation } = this.#host;
    const { voicedId } = conversation.dialogue;
    const ms = this.#replies.silence();
    if (voicedId) conversation.cut(voicedId, ms);
  }

  stop() {
    this.#ears?.stop();
    this.#replies.close();
  }

  /** @param {import("../audio/microphone.js").Microphone} microphone */
  #newEars(microphone) {
    return new Ears(microphone, this.#earsSettings(), {
      began: () => this.#utterances.began(),
      words: (text) => this.#utterances.words(text),
      said: (text) => this.#utterances.said(text),
      road: (road) => { this.hearing = road; this.#host.change(); },
      notice: this.#host.notice,
      light: this.#host.light,
    });
  }

  #earsSettings() {
    const { language, talk, echo } = this.#host.settings;
    return { language: language ?? "", talk, echo };
  }
}
