/** Timers with names: at most one of each, all cleared at once. */

export class Timers {
  /** @type {Map<string, number>} */
  #running = new Map();

  /** @param {string} name @param {number} pause  milliseconds @param {() => void} run */
  start(name, pause, run) {
    this.stop(name);
    this.#running.set(name, window.setTimeout(() => { this.#running.delete(name); run(); }, pause));
  }

  /** @param {string} name @returns {boolean} whether it was running */
  stop(name) {
    clearTimeout(this.#running.get(name));
    return this.#running.delete(name);
  }

  /** @param {string} name @param {number} pause  milliseconds @returns {Promise<void>} never, if it is stopped */
  wait(name, pause) {
    return new Promise((resolve) => { this.start(name, pause, resolve); });
  }

  stopAll() {
    for (const name of [...this.#running.keys()]) this.stop(name);
  }
}
