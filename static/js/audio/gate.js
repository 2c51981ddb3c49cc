/** Cuts utterances out of the microphone's sound. Pure: sound in, utterances out; time is counted in samples. */

import { EchoCanceller } from "./echo_canceller.js";
import { SoundRing } from "./sound_ring.js";
import { HOP, RATE } from "./spectrum.js";
import { VoiceActivity } from "./voice_activity.js";

/** Kept before the first voiced sound: "s" and "f" have no pitch. Milliseconds. */
const PRE_ROLL = 300;

/**
 * Silence that ends an utterance, milliseconds. Every turn waits for it. Stops between sounds last up to 200 ms,
 * pauses between the clauses of fluent speech mostly less than 400; who thinks longer goes on in a new utterance,
 * and both are joined as long as the answer is not heard.
 */
const END = 450;

/** Sounds without pitch belong to the utterance this long after its last voiced one, milliseconds. */
const UNVOICED_TAIL = 400;

/** Kept after the last sound, milliseconds: more would only be waited for by the transcription. */
const POST_ROLL = 200;

/** After the talk button was let go, milliseconds: people let go with the last sound on their lips. */
const RELEASE_TAIL = 200;

/** Longest utterance; then it is cut where it is quietest within the last part. Milliseconds. */
const LONGEST = 60_000;
const CUT_WITHIN = 3_000;

/**
 * @typedef {object} Sound
 * @property {Int16Array} samples  at 16 kHz
 * @property {number} voicedMs     how much of it was a voice
 * @property {boolean} isCut       it was too long: it goes on in the next one, without a gap
 *
 * @typedef {{type: "began"} | ({type: "ended"} & Sound)} GateEvent
 */

export class Gate {
  #activity = new VoiceActivity();
  #canceller = new EchoCanceller();
  #ring = new SoundRing(toSamples(LONGEST) + RATE);
  #isOpen;
  /** The sample where the utterance begins; null: there is none. */
  /** @type {number|null} */
  #begin = null;
  /** The sample from which on sound was not given away yet. */
  #given = 0;
  #voicedFrames = 0;
  #lastVoice = 0;
  #lastSound = 0;
  /** The sample at which a pressed utterance ends; null: it is not let go yet. */
  /** @type {number|null} */
  #release = null;
  #isPressed = false;
  /** Power of the last frames, to find a quiet place. */
  #powers = new Float32Array(toSamples(CUT_WITHIN) / HOP);

  /** @param {boolean} isOpen  whether a voice begins an utterance, or only the talk button */
  constructor(isOpen) {
    this.#isOpen = isOpen;
  }

  /** @param {boolean} isOpen  what is being said goes to its end as it began */
  open(isOpen) {
    this.#isOpen = isOpen;
  }

  /** The talk button goes down: the utterance begins now, with the sound just before. @returns {GateEvent[]} */
  press() {
    this.#release = null;
    this.#isPressed = true;
    if (this.#begin !== null) return [];
    return [this.#start(this.#ring.end)];
  }

  release() {
    if (this.#isPressed) this.#release = this.#ring.end + toSamples(RELEASE_TAIL);
  }

  /** Forget what is being said. */
  drop() {
    this.#begin = null;
    this.#isPressed = false;
    this.#release = null;
    this.#given = this.#ring.end;
  }

  /**
   * @param {Float32Array} microphone  (HOP,), -1 to 1 at 16 kHz
   * @param {Float32Array|null} voice  (HOP,), what we play at the same time; null: nothing
   * @returns {GateEvent[]}
   */
  hear(microphone, voice) {
    const activity = this.#activity;
    activity.hear(microphone, voice);
    this.#ring.write(this.#canceller.clean(microphone, voice, activity.echoDelay, activity.isOwn));
    this.#powers.copyWithin(0, 1);
    this.#powers[this.#powers.length - 1] = activity.power;
    const hasBegun = activity.hasBegun();
    if (this.#begin === null) {
      if (!hasBegun || !this.#isOpen) return [];
      const began = this.#start(this.#ring.end - activity.age * HOP);
      this.#voicedFrames = activity.age;
      this.#lastVoice = this.#ring.end;
      this.#lastSound = this.#ring.end;
      return [began];
    }
    this.#follow();
    return this.#end();
  }

  /** @param {number} at  the first voiced sample @returns {GateEvent} */
  #start(at) {
    this.#begin = Math.max(at - toSamples(PRE_ROLL), this.#given, this.#ring.begin);
    this.#voicedFrames = 0;
    this.#lastVoice = at;
    this.#lastSound = at;
    return { type: "began" };
  }

  #follow() {
    const now = this.#ring.end;
    if (this.#activity.isVoice) {
      this.#voicedFrames += 1;
      this.#lastVoice = now;
    }
    if (this.#activity.isSound && now - this.#lastVoice < toSamples(UNVOICED_TAIL)) this.#lastSound = now;
  }

  /** @returns {GateEvent[]} */
  #end() {
    const now = this.#ring.end;
    if (this.#isPressed) {
      if (this.#release !== null && now >= this.#release) return [this.#give(now, false)];
    } else if (now - this.#lastSound >= toSamples(END)) {
      return [this.#give(Math.min(now, this.#lastSound + toSamples(POST_ROLL)), false)];
    }
    if (now - (this.#begin ?? now) < toSamples(LONGEST)) return [];
    const quietest = this.#powers.indexOf(Math.min(...this.#powers));
    const cut = now - (this.#powers.length - quietest) * HOP;
    const ended = this.#give(cut, true);
    return [ended, this.#start(cut)];
  }

  /** @param {number} to @param {boolean} isCut @returns {GateEvent} */
  #give(to, isCut) {
    const samples = this.#ring.copy(this.#begin ?? to, to);
    this.#begin = null;
    this.#given = to;
    if (!isCut) {
      this.#isPressed = false;
      this.#release = null;
    }
    return { type: "ended", samples, voicedMs: (this.#voicedFrames * HOP * 1000) / RATE, isCut };
  }
}

/** @param {number} milliseconds */
function toSamples(milliseconds) {
  return (milliseconds * RATE) / 1000;
}
