/** How much sound to hold before it is played, so that it does not run dry again. Pure. */

/** Enough where sound comes faster than it plays, milliseconds. */
const LEAST = 50;

/** A source whose bursts are further apart than this has stopped, not stuttered; milliseconds. */
const MOST_FOR_BURSTS = 800;

/** More is never held; less than a segment may have waiting, or it would wait for ever. Milliseconds. */
const MOST = 8_000;

/** A pace is believed after so much time, milliseconds. */
const EVIDENCE = 60;

export class StartBuffer {
  #forBursts = LEAST;
  /** Sound per time: below 1 the source is slower than the listener. */
  #pace = Infinity;
  #since = 0;
  #first = 0;
  #arrived = 0;

  /**
   * Sound of a segment arrived.
   * @param {number} soundMs  of it
   * @param {number} now  milliseconds on any clock
   * @param {boolean} isFirst  of its segment: its length says nothing about the pace
   */
  arrived(soundMs, now, isFirst) {
    if (isFirst) {
      this.#since = now;
      this.#first = soundMs;
      this.#arrived = 0;
    }
    this.#arrived += soundMs;
    if (now - this.#since >= EVIDENCE) this.#pace = (this.#arrived - this.#first) / (now - this.#since);
  }

  /** It ran dry in the middle of a segment. */
  ranDry() {
    this.#forBursts = Math.min(2 * this.#forBursts, MOST_FOR_BURSTS);
  }

  /** A segment was played without running dry. */
  ranWell() {
    this.#forBursts = Math.max(this.#forBursts / 2, LEAST);
  }

  /** @param {number} expectedMs  sound of the segment that is still to be played @returns {number} milliseconds to hold before it */
  needed(expectedMs) {
    // While it plays for expectedMs, pace * expectedMs arrives; the rest must be there before. A tenth more, for the pace may sink.
    const missing = this.#pace < 1 ? 1.1 * expectedMs * (1 - this.#pace) : 0;
    return Math.min(Math.max(this.#forBursts, missing), MOST);
  }
}
