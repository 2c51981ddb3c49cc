/** Exchanges the line of a call for one with other wishes, at the next turn boundary. One at a time; the newest wish counts. */

import { PATIENCE, isBoundary } from "./boundary.js";
import { modeNamed } from "./modes.js";

/** @typedef {import("../types.js").Mode} Mode */
/** @typedef {import("../types.js").ModeHost} ModeHost */
/** @typedef {{mode?: string, voice?: string}} Wishes  what is missing stays, or comes from the person's settings */

/**
 * @typedef {object} SwitchoverHost
 * @property {import("./lifeline.js").Lifeline} line
 * @property {() => boolean} isReady  a session listens
 * @property {() => import("../types.js").Dialogue} dialogue
 * @property {(wishes: Wishes) => import("./lifeline.js").Plan} planFor
 * @property {(ModeOfCall: new (host: ModeHost) => Mode, wishes: Wishes) => void} takeOver  the new line is about to stand
 */

export class Switchover {
  /** The call is. */
  isOver = false;
  #host;
  /** @type {Wishes|null} */
  #wishes = null;
  /** @type {Promise<void>|null} */
  #running = null;
  /** What waits for a moment. @type {{isNow: () => boolean, go: () => void}|null} */
  #wait = null;
  #timer = 0;

  /** @param {SwitchoverHost} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * @param {Wishes} wishes  added to those that still wait
   * @returns {Promise<void>} resolves when a line stands that has the newest wishes
   * @throws {import("../errors.js").Problem} if it does not come about; then all stays as it was
   */
  async to(wishes) {
    if (this.isOver) return;
    this.#wishes = { ...this.#wishes, ...wishes };
    this.#host.line.giveUpExchange();
    this.#go();
    this.#running ??= this.#run().finally(() => { this.#running = this.#wishes = null; });
    await this.#running;
  }

  /** Something changed: it may be the moment. */
  look() {
    if (this.#wait?.isNow()) this.#go();
  }

  /** The call is over. */
  stop() {
    this.isOver = true;
    this.#wishes = null;
    this.#host.line.giveUpExchange();
    this.#go();
  }

  async #run() {
    for (let wishes = this.#wishes; wishes; wishes = this.#wishes) {
      await this.#until(this.#host.isReady);
      const ModeOfCall = await modeNamed(this.#host.planFor(wishes).wishes.mode).load();
      if (wishes !== this.#wishes) continue;
      await this.#exchange(ModeOfCall, wishes);
      if (wishes === this.#wishes) return;
    }
  }

  /** @param {new (host: ModeHost) => Mode} ModeOfCall @param {Wishes} wishes */
  async #exchange(ModeOfCall, wishes) {
    const { line, planFor, dialogue, isReady, takeOver } = this.#host;
    const boundary = () => {
      const since = performance.now();
      this.#timer = window.setTimeout(() => this.look(), PATIENCE);
      // A line that is lost meanwhile needs no boundary.
      return this.#until(() => !isReady() || isBoundary(dialogue(), performance.now() - since));
    };
    try {
      await line.exchange(planFor(wishes), boundary, () => takeOver(ModeOfCall, wishes));
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** @param {() => boolean} isNow @returns {Promise<void>} */
  #until(isNow) {
    if (isNow()) return Promise.resolve();
    return new Promise((resolve) => { this.#wait = { isNow, go: resolve }; });
  }

  #go() {
    const wait = this.#wait;
    this.#wait = null;
    wait?.go();
  }
}
