/** The gate in the page: follows the microphone, gets our own voice to compare with, and tells of utterances. */

/** After one of these a browser lets a page use sound. */
const GESTURES = ["pointerup", "keydown"];

/**
 * @typedef {object} GateEvents
 * @property {() => void} began  a person began to speak
 * @property {(sound: import("./gate.js").Sound) => void} ended  with the 300 ms before
 */

export class MicrophoneGate {
  #events;
  /** @type {AudioContext|null} */
  #context = null;
  /** @type {AudioWorkletNode|null} */
  #node = null;
  /** @type {MediaStreamAudioSourceNode|null} */
  #source = null;
  /** @type {MediaStreamTrack|null} */
  #track = null;
  #reference = new Reference();
  /** Orders given before the node is there. @type {import("./worklets/gate.js").GateOrder[]} */
  #orders = [];
  #isClosed = false;

  /** @param {GateEvents} events */
  constructor(events) {
    this.#events = events;
  }

  /** @throws {DOMException|TypeError} this browser has no worklets, or the file was not reached */
  async start() {
    const context = new AudioContext({ latencyHint: "interactive" });
    this.#context = context;
    for (const gesture of GESTURES) addEventListener(gesture, this.#run);
    context.addEventListener("statechange", this.#run);
    this.#run();
    try {
      await context.audioWorklet.addModule(new URL("worklets/gate.js", import.meta.url));
    } catch (error) {
      this.close();
      throw error;
    }
    if (this.#isClosed) return;
    // One channel each: a stereo microphone is mixed down before it gets here.
    this.#node = new AudioWorkletNode(context, "gate", { numberOfInputs: 2, numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    this.#node.port.onmessage = ({ data }) => this.#hear(data);
    for (const order of this.#orders.splice(0)) this.#node.port.postMessage(order);
    this.listen(this.#track);
    this.#reference.connect(context, this.#node);
  }

  /** @param {MediaStreamTrack|null} track  null: there is no microphone now */
  listen(track) {
    this.#track = track;
    if (!this.#context || !this.#node) return;
    this.#source?.disconnect();
    this.#source = track && this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source?.connect(this.#node, 0, 0);
  }

  /** What our own voice comes out of; it stays connected while the voice is silent. @param {AudioNode} output  of any context */
  compareWith(output) {
    this.#reference.output = output;
    if (this.#context && this.#node) this.#reference.connect(this.#context, this.#node);
  }

  /** @param {import("./worklets/gate.js").GateOrder} order */
  order(order) {
    if (this.#node) this.#node.port.postMessage(order);
    else if (!this.#isClosed) this.#orders.push(order);
  }

  /** May run twice. */
  close() {
    this.order({ order: "close" });
    this.#isClosed = true;
    for (const gesture of GESTURES) removeEventListener(gesture, this.#run);
    this.#context?.removeEventListener("statechange", this.#run);
    this.#reference.disconnect();
    this.#source?.disconnect();
    if (this.#node) this.#node.port.onmessage = null;
    this.#context?.close().catch(() => {});
    this.#source = this.#node = this.#context = this.#track = null;
  }

  #run = () => {
    if (this.#context && this.#context.state !== "running" && this.#context.state !== "closed") this.#context.resume().catch(() => {});
  };

  /** @param {import("./gate.js").GateEvent} event */
  #hear(event) {
    if (event.type === "began") this.#events.began();
    else this.#events.ended(event);
  }
}

/** Our own voice on its way to the gate's second input. */
class Reference {
  /** @type {AudioNode|null} */
  output = null;
  /** @type {AudioNode|null} */
  #connected = null;
  /** @type {MediaStreamAudioDestinationNode|null} */
  #bridge = null;
  /** @type {MediaStreamAudioSourceNode|null} */
  #source = null;
  /** @type {AudioWorkletNode|null} */
  #node = null;

  /** @param {AudioContext} context @param {AudioWorkletNode} node */
  connect(context, node) {
    if (!this.output || this.output === this.#connected) return;
    this.disconnect();
    this.#connected = this.output;
    this.#node = node;
    if (this.output.context === context) {
      this.output.connect(node, 0, 1);
      return;
    }
    this.#bridge = new MediaStreamAudioDestinationNode(/** @type {AudioContext} */ (this.output.context), { channelCount: 1 });
    this.output.connect(this.#bridge);
    this.#source = context.createMediaStreamSource(this.#bridge.stream);
    this.#source.connect(node, 0, 1);
  }

  disconnect() {
    try {
      if (this.#connected && this.#bridge) this.#connected.disconnect(this.#bridge);
      else if (this.#connected && this.#node) this.#connected.disconnect(this.#node);
    } catch {
      // Its context was closed, or the player let go of everything.
    }
    this.#source?.disconnect();
    this.#connected = this.#bridge = this.#source = this.#node = null;
  }
}
