/** Final turns, and withdrawn ones, on their way to the server: in order, again and again until each is acknowledged. */

/** @typedef {import("../types.js").Turn} Turn */
/** @typedef {{turn: Turn, isWithdrawn: boolean, mode: string}} Job  mode: in which it was said */

/** Pauses between tries, milliseconds; the last one repeats. */
const PAUSES = [500, 1_000, 2_000, 5_000, 10_000];

/** A cut often comes in two events; one POST is enough for both, milliseconds. */
const SETTLING = 120;

/** After this many tries the person is told: 8.5 seconds. */
const TRIES_BEFORE_TOLD = 4;

export class TurnStore {
  #send;
  #events;
  /** @type {Map<string, Job>} */
  #waiting = new Map();
  #tries = 0;
  #timer = 0;
  #isBusy = false;

  /**
   * @param {(job: Job, keepalive: boolean) => Promise<string>} send  gives the turn as the server renders it
   * @param {{stored: (turn: Turn, html: string) => void, late: () => void, refused: (turn: Turn, error: unknown) => void}} events
   */
  constructor(send, events) {
    this.#send = send;
    this.#events = events;
  }

  get isEmpty() {
    return this.#waiting.size === 0;
  }

  /** @param {Turn} turn  final; an earlier version of it that still waits is replaced @param {string} mode */
  add(turn, mode) {
    this.#take({ turn, mode, isWithdrawn: false });
  }

  /** @param {Turn} turn  to be forgotten, stored or not */
  withdraw(turn) {
    this.#take({ turn, mode: "", isWithdrawn: true });
  }

  /** Send all that waits at once, while the page goes away. @returns {Turn[]} the turns that were sent, acknowledged or not */
  flush() {
    const jobs = [...this.#waiting.values()];
    for (const job of jobs) this.#send(job, true).catch(() => {});
    return jobs.filter((job) => !job.isWithdrawn).map((job) => job.turn);
  }

  /** @param {Job} job */
  #take(job) {
    this.#waiting.set(job.turn.itemId, job);
    if (!this.#isBusy && !this.#timer) this.#wait(SETTLING);
  }

  /** @param {number} pause  milliseconds */
  #wait(pause) {
    this.#timer = window.setTimeout(() => { this.#timer = 0; this.#sendAll(); }, pause);
  }

  async #sendAll() {
    this.#isBusy = true;
    for (let job = this.#next(); job; job = this.#next()) {
      if (!(await this.#sendOne(job))) {
        const pause = PAUSES[Math.min(this.#tries, PAUSES.length) - 1] ?? 0;
        this.#wait(pause);
        break;
      }
    }
    this.#isBusy = false;
  }

  /** @param {Job} job @returns {Promise<boolean>} false: try again later */
  async #sendOne(job) {
    try {
      const html = await this.#send(job, false);
      this.#tries = 0;
      this.#settle(job);
      if (!job.isWithdrawn) this.#events.stored(job.turn, html);
      return true;
    } catch (error) {
      if (isFinal(error)) {
        this.#settle(job);
        this.#events.refused(job.turn, error);
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

  /** @param {Job} job  unless it changed while it was sent */
  #settle(job) {
    if (this.#waiting.get(job.turn.itemId) === job) this.#waiting.delete(job.turn.itemId);
  }
}

/** The same request would be refused again. @param {unknown} error */
function isFinal(error) {
  const status = Number(Object(error).status ?? 0);
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
