/** One answer of the server on its way into the player's worklet. */

/** @typedef {import("./pcm_player.js").PcmPlayer} PcmPlayer */

/** Sound of one segment that waits to be played, at most; with three segments on their way 30 s. Milliseconds. */
const MOST_AHEAD = 10_000;

/** While the line is full a little is read all the same, or the server would take the reader for dead (after 30 s); milliseconds. */
const SIGN_OF_LIFE = 10_000;

/** Bytes in a millisecond of 24 kHz s16le. */
const BYTES_PER_MS = 48;

export class PcmSegment {
  #player;
  #bytes = 0;
  /** All of it came. */
  isEnded = false;
  /** Milliseconds of sound that were played before it; null: it has not begun. @type {number|null} */
  beganAt = null;

  /** @param {number} id @param {PcmPlayer} player */
  constructor(id, player) {
    this.id = id;
    this.#player = player;
  }

  /** Milliseconds of sound that came. */
  get lengthMs() {
    return Math.floor(this.#bytes / 2) / (BYTES_PER_MS / 2);
  }

  /**
   * Play what a stream brings; it is read no faster than it can be kept.
   * @param {ReadableStream<Uint8Array>} stream
   * @param {() => void} came  more of it is there
   * @throws what the stream fails with
   */
  async feed(stream, came) {
    const reader = stream.getReader();
    for (let { done, value } = await reader.read(); !done && value; { done, value } = await reader.read()) {
      this.add(value);
      came();
      if (this.#isFull) await this.#room();
    }
    this.end();
  }

  /** @param {Uint8Array} bytes  the next of its sound */
  add(bytes) {
    this.#bytes += bytes.byteLength;
    this.#player.order({ kind: "bytes", id: this.id, bytes });
  }

  get #isFull() {
    return this.#player.isWanted(this) && this.lengthMs - this.#player.playedOf(this) > MOST_AHEAD;
  }

  async #room() {
    let isLate = false;
    /** @type {PromiseWithResolvers<void>} */
    const late = Promise.withResolvers();
    const timer = setTimeout(() => { isLate = true; late.resolve(); }, SIGN_OF_LIFE);
    while (this.#isFull && !isLate) await Promise.race([this.#player.nextReport(), late.promise]);
    clearTimeout(timer);
  }

  /** No more comes. */
  end() {
    this.isEnded = true;
    this.#player.order({ kind: "end", id: this.id });
  }

  /** Forget what came. @returns {Promise<boolean>} false: some of it was played, so nothing is forgotten */
  async restart() {
    const isEmpty = await this.#player.restart(this.id);
    if (isEmpty) this.#bytes = 0;
    return isEmpty;
  }
}
