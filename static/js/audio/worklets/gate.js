/** Runs the gate beside the page's script: input 0 is the microphone, input 1 our own voice; utterances go out by message. */

import { Gate } from "../gate.js";
import { Resampler } from "../resampler.js";
import { HOP, RATE } from "../spectrum.js";

/**
 * @typedef {{order: "open", isOpen: boolean} | {order: "press"|"release"|"drop"|"close"}} GateOrder
 */

/** The sound of one input, in frames at the gate's rate. */
class Input {
  #resampler = new Resampler(sampleRate, RATE);
  #samples = new Float32Array(4 * HOP);
  #count = 0;
  #frame = new Float32Array(HOP);

  /** @param {Float32Array} samples  at the context's rate */
  write(samples) {
    const resampled = this.#resampler.process(samples);
    this.#samples.set(resampled, this.#count);
    this.#count += resampled.length;
  }

  /** @returns {Float32Array|null} null: there is no whole frame; valid until the next one */
  next() {
    if (this.#count < HOP) return null;
    this.#frame.set(this.#samples.subarray(0, HOP));
    this.#samples.copyWithin(0, HOP, this.#count);
    this.#count -= HOP;
    return this.#frame;
  }
}

class GateProcessor extends AudioWorkletProcessor {
  #gate = new Gate(true);
  #microphone = new Input();
  #voice = new Input();
  /** One quantum. Source: https://webaudio.github.io/web-audio-api/#render-quantum-size */
  #silence = new Float32Array(128);
  #isClosed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#obey(data);
  }

  /** @param {Float32Array[][]} inputs */
  process([microphone, voice]) {
    // Both inputs move on together, whether something is connected or not.
    this.#microphone.write(microphone?.[0] ?? this.#silence);
    this.#voice.write(voice?.[0] ?? this.#silence);
    for (let frame = this.#microphone.next(); frame; frame = this.#microphone.next()) {
      const played = this.#voice.next();
      this.#tell(this.#gate.hear(frame, voice?.[0] ? played : null));
    }
    return !this.#isClosed;
  }

  /** @param {GateOrder} order */
  #obey(order) {
    if (order.order === "open") this.#gate.open(order.isOpen);
    else if (order.order === "press") this.#tell(this.#gate.press());
    else if (order.order === "release") this.#gate.release();
    else if (order.order === "drop") this.#gate.drop();
    else this.#isClosed = true;
  }

  /** @param {import("../gate.js").GateEvent[]} events */
  #tell(events) {
    for (const event of events) this.port.postMessage(event, event.type === "ended" ? [event.samples.buffer] : []);
  }
}

registerProcessor("gate", GateProcessor);
