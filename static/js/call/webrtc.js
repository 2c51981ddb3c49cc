/** The line to the provider over WebRTC: sound both ways or only from there, events over the data channel. */

import { postOffer } from "../api.js";
import { problem } from "../errors.js";
import { watchConsent } from "./consent.js";

/** @typedef {import("../types.js").SessionAnswer} SessionAnswer */
/** @typedef {import("../types.js").Light} Light */
/** @typedef {"sendrecv"|"recvonly"} Direction  of the sound */

/**
 * What a line tells; each may come several times.
 * @typedef {object} LineEvents
 * @property {(message: unknown) => void} message
 * @property {(stream: MediaStream) => void} sound
 * @property {(name: "webrtc"|"datachannel", light: Light) => void} light
 * @property {(why: string) => void} lost  after it was open; it will not come back
 */

/** A connection may heal by itself for this long, milliseconds. */
const HEALING = 2_000;

/** From the offer to the open channel, milliseconds. */
const PATIENCE = 10_000;

/** @type {LineEvents} */
const NOBODY = { message() {}, sound() {}, light() {}, lost() {} };

export class WebRtcLine {
  /** Who hears of it. */
  events = NOBODY;
  /** @type {Direction} */
  direction;
  /** @type {RTCPeerConnection} */
  #peer;
  #channel;
  #transceiver;
  #offer;
  #isClosed = false;
  #healing = 0;
  #stopWatching = () => {};

  /** @param {RTCIceServer[]} iceServers @param {Direction} direction */
  constructor(iceServers, direction) {
    this.direction = direction;
    this.#peer = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    // Without a track the offer does not have to wait for the microphone; the track is put in later.
    this.#transceiver = this.#peer.addTransceiver("audio", { direction });
    this.#channel = this.#peer.createDataChannel("oai-events");
    this.#peer.addEventListener("track", ({ track, streams, receiver }) => {
      // As little as the line allows is held back: some 20 ms sooner heard than by the browser's own choice.
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
      this.events.sound(streams[0] ?? new MediaStream([track]));
    });
    this.#peer.addEventListener("connectionstatechange", () => this.#followPeer());
    this.#channel.addEventListener("message", ({ data }) => this.events.message(data));
    this.#channel.addEventListener("close", () => this.#lose("the data channel closed"));
    this.#offer = this.#peer.createOffer();
    this.#offer.catch(() => {}); // told when it is needed
  }

  /**
   * Connect. The offer goes out as soon as there is a key, without ICE candidates: the other side learns ours by being called.
   * @param {Promise<SessionAnswer>} session
   */
  async open(session) {
    this.events.light("webrtc", "wait");
    this.events.light("datachannel", "wait");
    const [key, offer] = await Promise.all([session, this.#offer]);
    if (this.#isClosed) return;
    const [answer] = await Promise.all([postOffer(key, offer.sdp ?? ""), this.#peer.setLocalDescription(offer)]);
    if (this.#isClosed) return;
    await this.#peer.setRemoteDescription({ type: "answer", sdp: answer });
    await this.#untilOpen();
    this.events.light("datachannel", "on");
    this.#stopWatching = watchConsent(this.#peer, () => this.#lose("the other side fell silent"));
  }

  get isOpen() {
    return this.#channel.readyState === "open";
  }

  /** @param {object} event @returns {boolean} whether it was sent */
  send(event) {
    if (!this.isOpen) return false;
    this.#channel.send(JSON.stringify(event));
    return true;
  }

  /** @param {MediaStreamTrack|null} track  never leaves the browser on a line that only receives */
  async setMicrophone(track) {
    if (!this.#isClosed && this.direction === "sendrecv") await this.#transceiver.sender.replaceTrack(track);
  }

  /** Round trip and losses, for the heartbeat. @returns {Promise<Record<string, number>>} */
  async stats() {
    /** @type {Record<string, number>} */
    const found = {};
    if (this.#isClosed) return found;
    for (const report of (await this.#peer.getStats()).values()) {
      if (report.type === "candidate-pair" && report.nominated && report.currentRoundTripTime !== undefined) {
        found.round_trip_ms = Math.round(report.currentRoundTripTime * 1000);
      }
      if (report.type === "inbound-rtp") {
        found.packets_lost = report.packetsLost ?? 0;
        found.jitter_ms = Math.round((report.jitter ?? 0) * 1000);
      }
    }
    return found;
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#healing);
    this.#stopWatching();
    this.#channel.close();
    this.#peer.close();
    this.events.light("webrtc", "off");
    this.events.light("datachannel", "off");
  }

  #followPeer() {
    const state = this.#peer.connectionState;
    clearTimeout(this.#healing);
    if (this.#isClosed) return;
    if (state === "connected") this.events.light("webrtc", "on");
    if (state === "disconnected") {
      this.events.light("webrtc", "lost");
      this.#healing = window.setTimeout(() => this.#lose("the connection was silent"), HEALING);
    }
    if (state === "failed") this.#lose("no route to the provider");
  }

  /** @returns {Promise<void>} */
  #untilOpen() {
    if (this.isOpen) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(problem("line-failed")), PATIENCE);
      this.#channel.addEventListener("open", () => { clearTimeout(timer); resolve(); }, { once: true });
      this.#channel.addEventListener("close", () => { clearTimeout(timer); reject(problem("line-failed")); }, { once: true });
    });
  }

  /** @param {string} why */
  #lose(why) {
    if (this.#isClosed) return;
    this.close();
    this.events.lost(why);
  }
}

/** A line that waits for its call: building the first one takes a browser a tenth of a second. @type {WebRtcLine|null} */
let spare = null;

/** @param {RTCIceServer[]} iceServers @param {Direction} direction */
export function prepareLine(iceServers, direction) {
  if (spare?.direction !== direction) dropLine();
  spare ??= new WebRtcLine(iceServers, direction);
}

/** @param {RTCIceServer[]} iceServers @param {Direction} direction @returns {WebRtcLine} the prepared one, or a new one */
export function takeLine(iceServers, direction) {
  prepareLine(iceServers, direction);
  const line = /** @type {WebRtcLine} */ (spare);
  spare = null;
  return line;
}

/** Close the prepared one. */
export function dropLine() {
  spare?.close();
  spare = null;
}
