/**
 * Tells from the loudness of a server's sound when a reply is heard, for servers that do not say so.
 * It looks only while a reply that is spoken is under way, and not at all once a server tells by itself.
 */

/** Between two looks, milliseconds. */
const PERIOD = 50;

/** Louder than this is a voice: the noise of an idle line stays below. As `Meter` counts. */
const VOICE = 0.15;

/** Pauses between sentences are shorter than this, milliseconds. */
const PAUSE = 800;

/** Of a reply that was interrupted; its sound ends at once, milliseconds. */
const CUT = 200;

/** So long after the words of a reply its sound must have begun, and after a barge-in it must have ended, milliseconds. */
const PATIENCE = 3_000;

export class SoundWatch {
  #level;
  #tell;
  #timer = 0;
  /** @type {string} */
  #responseId = "";
  #isHeard = false;
  /** Looks since the last sound, in milliseconds. */
  #quiet = 0;
  /** Since the words of the reply are complete, milliseconds; -1: they are not. */
  #sinceEnd = -1;
  /** Since the person spoke into it, milliseconds; -1: nobody did. */
  #sinceSpeech = -1;
  #isNeeded = true;

  /**
   * @param {() => number|null} level  0 to 1; null: it cannot be measured now
   * @param {(type: "output_audio_buffer.started"|"output_audio_buffer.stopped"|"output_audio_buffer.cleared", responseId: string, lateMs: number) => void} tell
   *   lateMs: since when it is so, milliseconds
   */
  constructor(level, tell) {
    this.#level = level;
    this.#tell = tell;
  }

  /** A reply is spoken. @param {string} responseId */
  follow(responseId) {
    if (!this.#isNeeded) return;
    if (this.#isHeard && this.#responseId !== responseId) this.#finish("output_audio_buffer.stopped");
    this.#responseId = responseId;
    this.#sinceEnd = this.#sinceSpeech = -1;
    this.#quiet = 0;
    if (!this.#timer) this.#timer = window.setInterval(() => this.#look(), PERIOD);
  }

  /** Its words are complete. */
  expectEnd() {
    if (this.#sinceEnd < 0) this.#sinceEnd = 0;
  }

  /** The person speaks into it. */
  expectSilence() {
    this.#sinceSpeech = 0;
  }

  /** For good. */
  stop() {
    this.#isNeeded = false;
    this.#rest();
  }

  #look() {
    const level = this.#level();
    if (level === null) return;
    const isLoud = level > VOICE;
    this.#quiet = isLoud ? 0 : this.#quiet + PERIOD;
    if (this.#sinceEnd >= 0) this.#sinceEnd += PERIOD;
    if (this.#sinceSpeech >= 0) this.#sinceSpeech += PERIOD;
    if (this.#sinceSpeech > PATIENCE) this.#sinceSpeech = -1; // it was not interrupted after all
    if (isLoud && !this.#isHeard) this.#begin();
    else if (this.#isHeard && this.#sinceSpeech >= 0 && this.#quiet >= CUT) this.#finish("output_audio_buffer.cleared");
    else if (this.#isHeard && this.#sinceEnd >= 0 && this.#quiet >= PAUSE) this.#finish("output_audio_buffer.stopped");
    else if (!this.#isHeard && this.#sinceEnd > PATIENCE) this.#finish("output_audio_buffer.stopped"); // it is to be read only
  }

  #begin() {
    this.#isHeard = true;
    this.#tell("output_audio_buffer.started", this.#responseId, 0);
  }

  /** @param {"output_audio_buffer.stopped"|"output_audio_buffer.cleared"} how */
  #finish(how) {
    this.#rest();
    this.#tell(how, this.#responseId, this.#quiet);
  }

  #rest() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#isHeard = false;
  }
}
