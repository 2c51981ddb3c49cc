/** Waiting for a stream that may last long, but must not stand still. */

import { toProblem } from "./errors.js";

/** Fewer bytes than these, 50 ms of speech, are no progress: a source that drips is dead too. */
const LEAST_BYTES = 2_400;

export class Patience {
  #controller = new AbortController();
  #limit;
  #waited = 0;
  #bytes = 0;

  /** @param {number} limit  milliseconds of waiting without progress */
  constructor(limit) {
    this.#limit = limit;
  }

  /** Aborts what is waited for. */
  get signal() {
    return this.#controller.signal;
  }

  /**
   * Wait, but not longer than is left.
   * @template T
   * @param {Promise<T>} promise  ends when the signal aborts
   * @returns {Promise<T>}
   */
  async during(promise) {
    const begin = performance.now();
    const late = new DOMException("nothing came in time", "TimeoutError");
    const timer = setTimeout(() => this.#controller.abort(late), this.#limit - this.#waited);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waited += performance.now() - begin;
    }
  }

  /**
   * The same bytes; the time counts only while somebody reads.
   * @param {ReadableStream<Uint8Array>} stream
   * @returns {ReadableStream<Uint8Array>} fails with a Problem
   */
  over(stream) {
    const reader = stream.getReader();
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await this.during(reader.read());
          if (done) return controller.close();
          this.#progress(value.byteLength);
          controller.enqueue(value);
        } catch (error) {
          controller.error(toProblem(error));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 });
  }

  /** @param {number} bytes */
  #progress(bytes) {
    this.#bytes += bytes;
    if (this.#bytes < LEAST_BYTES) return;
    this.#bytes = 0;
    this.#waited = 0;
  }
}
