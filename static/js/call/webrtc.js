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
 * @property {(why: import("../errors.js").Problem) => void} ended  by the other side, on purpose
 * @property {(session: SessionAnswer) => void} session  it is the line of another call than the one it was opened for
 */

/** A connection may heal by itself for this long, milliseconds. */
const HEALING = 2_000;

/** From the end of the channel to that of the encryption below it, where the other side hangs up: they are told one after the other, milliseconds. */
const GOODBYE = 250;

/** From the offer to the open channel, milliseconds. */
const PATIENCE = 10_000;

/** @type {LineEvents} */
export const NOBODY = { message() {}, sound() {}, light() {}, lost() {}, ended() {}, session() {} };

export class WebRtcLine {
  transport = "webrtc";
  /** The other side took the offer only, and has to be told the session first of all. */
  needsSession = false;
  /** Who hears of it. */
  events = NOBODY;
  /** @type {Direction} */
  direction;
  /** @type {RTCPeerConnection} */
  #peer;
  #channel;
  #transceiver;
  #offer;
  /** It was open: from then on its end is told, before that its opening fails. */
  #isUp = false;
  #isClosed = false;
  /** Ends an offer that nobody answers any more: the call behind it may be over. */
  #closing = new AbortController();
  /** The browser has some address of its own to be called at. */
  #hasWayOut = false;
  #healing = 0;
  #goodbye = 0;
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
    this.#peer.addEventListener("icecandidate", ({ candidate }) => { this.#hasWayOut ||= Boolean(candidate?.candidate); });
    this.#peer.addEventListener("icegatheringstatechange", () => {
      // By a policy of its owner, or offline: there is nothing to wait for.
      if (this.#peer.iceGatheringState === "complete" && !this.#hasWayOut) this.#lose("this browser lets no WebRTC out");
    });
    this.#channel.addEventListener("message", ({ data }) => this.events.message(data));
    this.#channel.addEventListener("close", () => this.#followChannel());
    this.#offer = this.#peer.createOffer();
    this.#offer.catch(() => {}); // told when it is needed
  }

  /**
   * Connect. The offer goes out as soon as there is a key, without ICE candidates: the other side learns ours by being called.
   * @param {Promise<SessionAnswer>} session
   * @throws {import("../errors.js").Problem} also where it was closed meanwhile
   */
  async open(session) {
    this.events.light("webrtc", "wait");
    this.events.light("datachannel", "wait");
    const [key, offer] = await Promise.all([session, this.#offer]);
    if (this.#isClosed) throw problem("line-failed");
    const [answer] = await Promise.all([this.#call(key, offer.sdp ?? ""), this.#peer.setLocalDescription(offer)]);
    if (this.#isClosed) throw problem("line-failed");
    await this.#peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    await this.#untilOpen();
    this.#isUp = true;
    this.needsSession = !answer.knowsSession;
    this.events.light("datachannel", "on");
    this.#stopWatching = watchConsent(this.#peer, () => this.#lose("the other side fell silent"));
  }

  /** @param {SessionAnswer} key @param {string} sdp */
  #call(key, sdp) {
    return postOffer(key, sdp, this.#closing.signal).catch((error) => { throw this.#isClosed ? problem("line-failed") : error; });
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
    this.#closing.abort();
    clearTimeout(this.#healing);
    clearTimeout(this.#goodbye);
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

  /** Who hangs up ends the encryption, too; a channel that ends alone is a fault. */
  #followChannel() {
    if (this.#isClosed) return;
    if (!this.#isUp) return this.#lose("the data channel closed");
    this.#goodbye = window.setTimeout(() => {
      if (this.#peer.sctp?.transport.state === "closed") this.#end();
      else this.#lose("the data channel closed");
    }, GOODBYE);
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
    if (this.#isUp) this.events.lost(why);
  }

  #end() {
    if (this.#isClosed) return;
    this.close();
    this.events.ended(problem("provider-ended"));
  }
}
