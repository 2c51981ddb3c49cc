/** Whether a person speaks: a voice's pitch, above the room's noise, that is not our own voice coming back. Pure. */

import { EchoPath } from "./echo_path.js";
import { NoiseFloor } from "./noise_floor.js";
import { BANDS, FRAME, HOP, Spectrum } from "./spectrum.js";
import { Voicing } from "./voicing.js";

/** A sound begins this far above the noise, and lasts until it falls this near to it: 9 and 6 dB, as power. */
const BEGIN = 8;
const STAY = 4;

/** No voice is fainter, mean power per sample: -62 dB. */
const FAINTEST = 6e-7;

/** Frames with a voice among the last ones that make a beginning; where our own voice covers some of them, more are looked at. */
const VOICED = 4;
const AMONG = 8;
const AMONG_COVERED = 12;

/** A voice holds its loudness; a key or a click has died away by this after 20 ms: 12 dB, as power. */
const STEADY = 16;

/** Frames that a sound must last before it counts, while nobody knows whether our echo is in the room. */
const FRAMES_IN_DOUBT = 20;

/** Frames compared with our voice, and how alike they may be; less while nothing is known. */
const COMPARED = 12;
const UNLIKE = 0.7;
const UNLIKE_IN_DOUBT = 0.5;

/** More where our voice has sounded without an echo: any two beginnings of a word are alike by 0.8. */
const UNLIKE_IF_UNLIKELY = 0.88;

export class VoiceActivity {
  /** Of the newest frame: there is a sound that is not our own. */
  isSound = false;
  /** Of the newest frame: it is a person's voice. */
  isVoice = false;
  /** Of the newest frame: our voice comes back, and nobody else is heard. */
  isOwn = false;
  /** Mean power per sample of the newest frame. */
  power = 0;
  /** Frames back to where the voice began that `hasBegun` tells of. */
  age = 0;
  #spectrum = new Spectrum();
  #voicing = new Voicing();
  #floor = new NoiseFloor();
  #echo = new EchoPath();
  #microphone = { frame: new Float32Array(FRAME), bands: new Float32Array(BANDS) };
  #voice = { frame: new Float32Array(FRAME), bands: new Float32Array(BANDS) };
  /** @type {{power: number, isVoice: boolean}[]} */
  #recent = [];
  #inDoubt = 0;

  /**
   * @param {Float32Array} microphone  (HOP,), -1 to 1
   * @param {Float32Array|null} voice  (HOP,), what we play at the same time; null: nothing
   */
  hear(microphone, voice) {
    this.#measure(this.#microphone, microphone);
    if (voice) this.#measure(this.#voice, voice);
    const { bands } = this.#microphone;
    const floor = this.#floor.bands;
    this.power = sum(bands);
    if (this.power > 0) this.#floor.hear(bands); // a muted track tells nothing of the room
    const { delay } = this.#echo;
    this.#echo.hear(bands, voice && this.#voice.bands, floor);
    if (this.#echo.delay !== delay) this.#recent = []; // they were judged without knowing
    this.isOwn = this.#echo.isOwn;
    const noise = sum(floor);
    const isAudible = this.power > FAINTEST && !this.isOwn;
    this.isSound = isAudible && this.power > STAY * noise;
    this.isVoice = this.#voicing.hear(microphone) && isAudible && this.power > BEGIN * noise;
    this.#recent.push({ power: this.power, isVoice: this.isVoice });
    if (this.#recent.length > AMONG_COVERED) this.#recent.shift();
  }

  /** By how many frames our echo is late; null: there is none that is known. */
  get echoDelay() {
    return this.#echo.delay;
  }

  /** Whether a person has begun to speak within the last frames. */
  hasBegun() {
    const recent = this.#recent.slice(this.#echo.isPossible ? 0 : -AMONG);
    const loudest = Math.max(...recent.map(({ power }) => power));
    const isSteady = recent.map(({ power, isVoice }) => isVoice && power * STEADY > loudest);
    if (isSteady.filter(Boolean).length < VOICED) {
      if (!this.isSound) this.#inDoubt = 0;
      return false;
    }
    this.age = recent.length - isSteady.indexOf(true);
    return !this.#mayBeOurs();
  }

  /** While our voice sounds and its echo has no known delay. */
  #mayBeOurs() {
    if (!this.#echo.isPossible || this.#echo.delay !== null) return false;
    this.#inDoubt += 1;
    const isLong = this.#inDoubt > FRAMES_IN_DOUBT;
    if (!this.#echo.isLearnt) return !isLong || this.#echo.greatestLikeness(FRAMES_IN_DOUBT) > UNLIKE_IN_DOUBT;
    const unlike = this.#echo.isUnlikely ? UNLIKE_IF_UNLIKELY : UNLIKE;
    return this.#echo.greatestLikeness(isLong ? FRAMES_IN_DOUBT : COMPARED) > unlike;
  }

  /** @param {{frame: Float32Array, bands: Float32Array}} input @param {Float32Array} samples */
  #measure({ frame, bands }, samples) {
    frame.copyWithin(0, HOP);
    frame.set(samples, FRAME - HOP);
    this.#spectrum.measure(frame, bands);
  }
}

/** @param {Float32Array} values */
function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
