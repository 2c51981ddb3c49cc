/** The mode in which a call is now: it passes on what happens, and gives way to another one at a turn boundary. */

import { modeNamed } from "./modes.js";
import { Switchover } from "./switchover.js";
import { wishesFor } from "./wishes.js";

/** @typedef {import("../types.js").Mode} Mode */
/** @typedef {import("../types.js").ModeHost} ModeHost */
/** @typedef {import("../types.js").SettingChanges} SettingChanges */
/** @typedef {import("./switchover.js").Wishes} Wishes */

/** @type {import("../types.js").PageSettings} */
const DEFAULTS = {
  mode: null, talk: "open", talk_key: "Space", echo: "listen", captions: "normal", language: null, voice_text: null, speed: 1, greeting: false,
  transport: "auto",
};

/**
 * @typedef {object} CurrentModeParts
 * @property {import("./lifeline.js").Lifeline} line
 * @property {import("../types.js").SessionWishes} wishes  of this call alone
 * @property {(settings: import("../types.js").PageSettings) => ModeHost} host
 * @property {(from: string, to: string) => void} switched  another line stands
 */

export class CurrentMode {
  /** The talk button is pressed. */
  isTalking = false;
  /** @type {import("../types.js").PageSettings} */
  settings;

  #name;
  #wishes;
  #host;
  #switched;
  #switchover;
  /** @type {Mode|null} */
  #mode = null;
  /** Of the line that stands, where it is not the person's usual one. @type {string|undefined} */
  #voice;
  /** A session listens. */
  #isBegun = false;

  /** @param {string} name @param {Partial<import("../types.js").PageSettings>} settings @param {CurrentModeParts} parts */
  constructor(name, settings, { line, wishes, host, switched }) {
    const { voice, language } = wishes;
    this.#name = name;
    this.#wishes = wishes;
    this.#voice = voice;
    this.settings = { ...DEFAULTS, ...settings, ...(language && { language }), ...(voice && name === "text" && { voice_text: voice }) };
    this.#host = host(this.settings);
    this.#switched = switched;
    this.#switchover = new Switchover({
      line,
      isReady: () => this.#isBegun,
      dialogue: () => this.#host.conversation.dialogue,
      planFor: (wishes) => this.planFor(wishes),
      takeOver: (ModeOfCall, wishes) => this.#takeOver(ModeOfCall, wishes),
    });
  }

  get name() { return this.#mode?.name ?? this.#name; }
  /** Who writes down what is said; null: the provider, or nobody yet. */
  get hearing() { return this.#mode?.hearing ?? null; }
  /** Who speaks; null: the provider, or nobody yet. */
  get voicing() { return this.#mode?.voicing ?? null; }

  /** Fetch what it needs, before the first line. @throws {import("../errors.js").Problem} */
  async load() {
    const ModeOfCall = await modeNamed(this.#name).load();
    if (!this.#switchover.isOver) this.#mode = new ModeOfCall(this.#host);
  }

  /** @param {Wishes} [wishes] @returns {import("./lifeline.js").Plan} of the next session */
  planFor({ mode = this.name, voice = mode === this.name ? this.#voice : undefined } = {}) {
    const wishes = wishesFor({ ...this.#wishes, mode, voice, conversationId: this.#host.conversation.id });
    return { wishes, direction: modeNamed(mode).direction, transport: this.settings.transport };
  }

  /**
   * Go on in another mode or with another voice, from the next turn boundary on.
   * @param {Wishes} wishes
   * @throws {import("../errors.js").Problem} if it does not come about; then all stays as it was
   */
  switchTo(wishes) {
    return this.#switchover.to(wishes);
  }

  /** Something changed in the dialogue. */
  look() {
    this.#switchover.look();
  }

  begin() {
    this.#isBegun = true;
    this.#mode?.begin();
    this.look();
  }

  /** There is a microphone, or another one. */
  listen() {
    if (this.#isBegun) this.#mode?.listen();
  }

  /** @param {MediaStream} stream */
  play(stream) {
    this.#mode?.play(stream);
  }

  /** @param {import("../types.js").RealtimeEvent} event  of the provider, once the dialogue knows it */
  hear(event) {
    this.#mode?.hear(event);
  }

  /** The person takes the word by typing. */
  yield() {
    if (this.#isBegun) this.#mode?.yield();
  }

  interrupt() {
    if (this.#isBegun) this.#mode?.interrupt();
  }

  press() {
    if (this.isTalking || !this.#isBegun) return;
    this.isTalking = true;
    this.#mode?.press();
    this.#host.change();
  }

  release() {
    if (!this.isTalking) return;
    this.isTalking = false;
    this.#mode?.release();
    this.#host.change();
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.#mode?.mute(isMuted);
  }

  /**
   * Whatever a live session takes counts at once, the rest from the next turn boundary on.
   * @param {SettingChanges} changes
   * @returns {Promise<void>}
   * @throws {import("../errors.js").Problem} if that does not come about
   */
  async apply(changes) {
    if (changes.talk) this.release();
    Object.assign(this.settings, changes);
    if (this.#isBegun) this.#mode?.apply(changes);
    if (changes.mode && changes.mode !== this.name) await this.switchTo({ mode: changes.mode });
    else if ("transport" in changes || ("voice_native" in changes && this.name === "native")) await this.switchTo({});
  }

  /** The session is gone. */
  lose() {
    this.isTalking = false;
    this.#isBegun = false;
    this.#mode?.lose();
    this.#host.conversation.lose();
    this.look();
  }

  stop() {
    this.#switchover.stop();
    this.#mode?.stop();
  }

  /** @param {new (host: ModeHost) => Mode} ModeOfCall @param {Wishes} wishes */
  #takeOver(ModeOfCall, { voice }) {
    const from = this.name;
    this.lose();
    this.#mode?.stop();
    this.#voice = voice;
    this.#mode = new ModeOfCall(this.#host);
    this.#switched(from, this.name);
  }
}
