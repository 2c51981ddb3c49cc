/** A change of the speed: providers take it only between two replies, and refuse it when one begins at the same moment. */

import { harmlessId } from "../call/events.js";

/** @typedef {import("../types.js").ModeHost} ModeHost */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

/** A provider that refuses it this often does not know it. */
const MOST_TRIES = 5;

export class SpeedUpdate {
  #host;
  /** What is still to be reached. @type {number|null} */
  #speed = null;
  /** The event that is to change it, until the provider answers. @type {string|null} */
  #sentId = null;
  #tries = 0;

  /** @param {ModeHost} host */
  constructor(host) {
    this.#host = host;
  }

  /** @param {number} speed */
  want(speed) {
    this.#speed = speed;
    this.#sentId = null;
    this.#tries = 0;
    this.#proceed();
  }

  /** @param {RealtimeEvent} event  of the provider, once the dialogue knows it */
  hear({ type, session, error }) {
    if (type === "session.updated" && session?.audio?.output?.speed === this.#speed) this.#speed = null;
    if (type === "error" && this.#sentId && error?.event_id === this.#sentId) this.#sentId = null;
    else this.#proceed(); // a refusal is followed by the reply that it crossed
  }

  #proceed() {
    const { conversation, send } = this.#host;
    if (this.#speed === null || this.#sentId || this.#tries === MOST_TRIES || conversation.activity !== "listening") return;
    const id = harmlessId();
    if (!send({ type: "session.update", event_id: id, session: { type: "realtime", audio: { output: { speed: this.#speed } } } })) return;
    this.#sentId = id;
    this.#tries += 1;
  }
}
