/** Keys minted ahead of the click, so that the click need not wait for one. At most one is held. */

import { mintSession } from "../api.js";

/** @typedef {import("../types.js").SessionAnswer} SessionAnswer */

/** A key this close to its end is not used any more, milliseconds. */
const MARGIN = 5_000;

export class KeyRing {
  #mint;
  /** @type {{promise: Promise<SessionAnswer>, wish: string, goodUntil: number}|null} */
  #held = null;

  /** @param {typeof mintSession} [mint] */
  constructor(mint = mintSession) {
    this.#mint = mint;
  }

  /**
   * Fetch a key if none is held. A failure is forgotten: the click will ask again and tell.
   * @param {{mode?: string, conversation_id?: string|null}} wishes
   */
  prepare(wishes) {
    const wish = JSON.stringify(wishes);
    if (this.#held && this.#held.wish === wish && performance.now() < this.#held.goodUntil) return;
    const held = { wish, goodUntil: Infinity, promise: this.#fetch(wishes, (time) => { held.goodUntil = time; }) };
    this.#held = held;
    held.promise.catch(() => { if (this.#held === held) this.#held = null; });
  }

  /**
   * The held key, or a new one.
   * @param {{mode?: string, conversation_id?: string|null}} wishes
   * @returns {Promise<SessionAnswer>}
   */
  take(wishes) {
    this.prepare(wishes);
    const held = this.#held;
    this.#held = null;
    return held ? held.promise : this.#fetch(wishes, () => {});
  }

  /** Forget the held key. */
  drop() {
    this.#held = null;
  }

  /** @param {{mode?: string, conversation_id?: string|null}} wishes @param {(time: number) => void} onValidUntil */
  async #fetch(wishes, onValidUntil) {
    const { session, secondsValid } = await this.#mint(wishes);
    onValidUntil(performance.now() + secondsValid * 1000 - MARGIN);
    return session;
  }
}
