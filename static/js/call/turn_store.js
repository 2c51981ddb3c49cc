/** Final turns on their way to the server: in order, again and again until each is acknowledged. */

/** @typedef {import("../types.js").Turn} Turn */

/** Pauses between tries, milliseconds; the last one repeats. */
const PAUSES = [500, 1_000, 2_000, 5_000, 10_000];

/** A cut often comes in two events; one POST is enough for both, milliseconds. */
const SETTLING = 120;

/** After this many tries the person is told: 8.5 seconds. */
const TRIES_BEFORE_TOLD = 4;

export class TurnStore {
  #post;
  #events;
  /** @type {Map<string, Turn>} */
  #waiting = new Map();
  #tries = 0;
  #timer = 0;
  #isBusy = false;

  /**
   * @param {(turn: Turn, keepalive: boolean) => Promise<string>} post
   * @param {{stored: (turn: Turn, html: string) => void, late: () => void, refused: (turn: Turn, error: unknown) => void}} events
   */
  constructor(post, events) {
    this.#post = post;
    this.#events = events;
  }

  get isEmpty() {
    return this.#waiting.size === 0;
  }

  /** @param {Turn} turn  final; an earlier version of it that still waits is replaced */
  add(turn) {
    this.#waiting.set(turn.itemId, turn);
    if (!this.#isBusy && !this.#timer) this.#wait(SETTLING);
  }

  /** Send all that waits at once, while the page goes away. @returns {Turn[]} what was sent, acknowledged or not */
  flush() {
    const turns = [...this.#waiting.values()];
    for (const turn of turns) this.#post(turn, true).catch(() => {});
    return turns;
  }

  /** @param {number} pause  milliseconds */
  #wait(pause) {
    this.#timer = window.setTimeout(() => { this.#timer = 0; this.#sendAll(); }, pause);
  }

  async #sendAll() {
    this.#isBusy = true;
    for (let turn = this.#next(); turn; turn = this.#next()) {
      if (!(await this.#sendOne(turn))) {
        const pause = PAUSES[Math.min(this.#tries, PAUSES.length) - 1] ?? 0;
        this.#wait(pause);
        break;
      }
    }
    this.#isBusy = false;
  }

  /** @param {Turn} turn @returns {Promise<boolean>} false: try again later */
  async #sendOne(turn) {
    try {
      const html = await this.#post(turn, false);
      this.#tries = 0;
      this.#settle(turn);
      this.#events.stored(turn, html);
      return true;
    } catch (error) {
      if (isFinal(error)) {
        this.#settle(turn);
        this.#events.refused(turn, error);
        return true;
      }
      this.#tries += 1;
      if (this.#tries === TRIES_BEFORE_TOLD) this.#events.late();
      return false;
    }
  }

  #next() {
    return this.#waiting.values().next().value;
  }

  /** @param {Turn} turn  unless it changed while it was sent */
  #settle(turn) {
    if (this.#waiting.get(turn.itemId) === turn) this.#waiting.delete(turn.itemId);
  }
}

/** The same request would be refused again. @param {unknown} error */
function isFinal(error) {
  const status = Number(Object(error).status ?? 0);
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
