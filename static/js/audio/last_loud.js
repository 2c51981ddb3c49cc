/** When somebody was last heard, by the level of a microphone. Pure. */

/** What is louder than a room with its noise suppressed; of meter.js. */
const QUIET = 0.25;

/** The end of a sentence is softer than its middle, hardly by more than this: 20 dB. */
const SOFTER = 0.4;

/** So much of the loudest moment is forgotten in a second: somebody else speaks, or from farther away. */
const FORGOTTEN = 0.02;

export class LastLoud {
  /** performance.now() of it; null: nobody was. @type {number|null} */
  at = null;
  #loudest = 0;
  #heardAt = 0;

  /** @param {number} level  0 to 1, as of meter.js @param {number} now  performance.now() */
  hear(level, now) {
    this.#loudest = Math.max(level, this.#loudest - (FORGOTTEN * (now - this.#heardAt)) / 1000);
    this.#heardAt = now;
    if (level > Math.max(QUIET, this.#loudest - SOFTER)) this.at = now;
  }
}
