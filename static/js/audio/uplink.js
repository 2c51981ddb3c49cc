/** The microphone's sound in frames, for a line that carries it as events. */

export class Uplink {
  /** Fails where this browser has no worklets. @type {Promise<AudioWorkletNode>} */
  ready;
  #context;
  #frame;
  /** @type {MediaStreamAudioSourceNode|null} */
  #source = null;
  #isClosed = false;

  /**
   * @param {AudioContext} context  kept running by whoever owns it
   * @param {(bytes: Uint8Array) => void} frame  40 ms of 24 kHz s16le mono, 25 times a second while there is a microphone
   */
  constructor(context, frame) {
    this.#context = context;
    this.#frame = frame;
    this.ready = this.#load();
    this.ready.catch(() => {}); // told to whoever waits for it
  }

  /** @param {MediaStreamTrack|null} track  null: there is no microphone now */
  listen(track) {
    this.#source?.disconnect();
    this.#source = null;
    if (!track || this.#isClosed) return;
    const source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source = source;
    this.ready.then((node) => { if (source === this.#source) source.connect(node); }, () => {});
  }

  /** May run twice. */
  close() {
    this.#isClosed = true;
    this.#source?.disconnect();
    this.#source = null;
    this.ready.then((node) => {
      node.port.onmessage = null;
      node.port.postMessage("close");
    }, () => {});
  }

  async #load() {
    await this.#context.audioWorklet.addModule(new URL("worklets/uplink.js", import.meta.url));
    // One channel: a stereo microphone is mixed down before it gets there.
    const node = new AudioWorkletNode(this.#context, "uplink", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    node.port.onmessage = ({ data }) => this.#frame(new Uint8Array(data));
    return node;
  }
}
