/**
 * The line to the provider through this server, for browsers and networks that let no WebRTC pass: events and sound as JSON over
 * one WebSocket. To the rest of the page it is what a WebRtcLine is.
 */

import { toBase64 } from "../audio/base64.js";
import { Uplink } from "../audio/uplink.js";
import { problem, problemOfEvent } from "../errors.js";
import { parseEvent } from "./events.js";
import { RelayedReplies } from "./relayed_replies.js";
import { NOBODY } from "./webrtc.js";

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").SessionAnswer} SessionAnswer */

/** From the address to the provider's first word, milliseconds. */
const PATIENCE = 10_000;

/** The relay says something every five seconds; without a word for so long it is gone. Milliseconds. */
const SILENCE = 12_000;

/** Between two looks at that, milliseconds. */
const PERIOD = 1_000;

/** Codes of a close that was meant: the call is over, or the provider ends it. Source: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const MEANT = [1000, 1001];

/** Two seconds of the microphone as they are sent, bytes: later than that nobody wants to hear it. */
const MOST_WAITING = 128_000;

export class WebSocketLine {
  transport = "websocket";
  /** This server tells it. */
  needsSession = false;
  /** Who hears of it. */
  events = NOBODY;
  direction;
  /** @type {WebSocket|null} */
  #socket = null;
  /** The provider's voice; none on a line without sound. @type {RelayedReplies|null} */
  #replies = null;
  /** @type {Uplink|null} */
  #uplink = null;
  /** The provider's first word. @type {PromiseWithResolvers<void>} */
  #welcome = Promise.withResolvers();
  #isUp = false;
  #isClosed = false;
  /** performance.now() of the newest message. */
  #heardAt = 0;
  #watch = 0;
  /** The newest message, if it was an error: it says why a line is closed on purpose. @type {import("../errors.js").Problem|null} */
  #trouble = null;
  #dropped = 0;

  /** @param {import("./webrtc.js").Direction} direction  "recvonly": a session of words only, which makes no sound */
  constructor(direction) {
    this.direction = direction;
    this.#welcome.promise.catch(() => {}); // told when it is needed
    if (direction !== "sendrecv") return;
    this.#replies = new RelayedReplies((event) => this.#send(event), (event) => this.#tell(event));
    this.#uplink = new Uplink(this.#replies.context, (bytes) => this.#carry(bytes));
  }

  /** Connect. @param {Promise<SessionAnswer>} session @throws {import("../errors.js").Problem} also where it was closed meanwhile */
  async open(session) {
    this.events.light("webrtc", "wait");
    this.events.light("datachannel", "wait");
    const { relay_url } = await session;
    if (this.#isClosed || !relay_url) throw problem("line-failed");
    const late = setTimeout(() => this.#welcome.reject(problem("line-failed")), PATIENCE);
    try {
      this.#connect(relay_url);
      await Promise.all([this.#welcome.promise, this.#replies?.ready, this.#uplink?.ready]);
    } finally {
      clearTimeout(late);
    }
    if (this.#isClosed) throw problem("line-failed");
    this.#isUp = true;
    if (this.#replies) this.events.sound(this.#replies.stream);
    this.events.light("webrtc", "on");
    this.events.light("datachannel", "on");
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** @param {RealtimeEvent} event @returns {boolean} whether it was sent */
  send(event) {
    if (!this.isOpen) return false;
    // There is no such buffer behind a WebSocket: the sound that is to be dropped is here.
    if (event.type !== "output_audio_buffer.clear") this.#send(event);
    this.#replies?.obey(event);
    return true;
  }

  /** @param {MediaStreamTrack|null} track  never leaves the browser on a line that only receives */
  async setMicrophone(track) {
    if (!this.#isClosed) this.#uplink?.listen(track);
  }

  /** What did not get through, for the heartbeat. @returns {Promise<Record<string, number>>} */
  async stats() {
    return { bytes_waiting: this.#socket?.bufferedAmount ?? 0, frames_dropped: this.#dropped };
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#watch);
    this.#uplink?.close();
    this.#replies?.close();
    if (this.#socket) closeQuietly(this.#socket);
    this.#welcome.reject(problem("line-failed"));
    this.events.light("webrtc", "off");
    this.events.light("datachannel", "off");
  }

  /** @param {string} path */
  #connect(path) {
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new WebSocket(url);
    this.#socket.addEventListener("message", ({ data }) => this.#hear(data));
    // A refusal looks like this too: the browser keeps its reason to itself.
    this.#socket.addEventListener("close", ({ code, reason }) => this.#end(code, reason));
  }

  /** @param {unknown} data */
  #hear(data) {
    this.#heardAt = performance.now();
    const event = parseEvent(data);
    if (event?.type === "relay.alive") return this.#watchSilence();
    this.#trouble = event?.type === "error" ? problemOfEvent(event.error) : null;
    if (this.#trouble && !this.#isUp) return this.#welcome.reject(this.#trouble);
    this.#welcome.resolve();
    if (event?.type !== "response.output_audio.delta") this.events.message(data);
    if (event) this.#replies?.hear(event);
  }

  /** A browser may take minutes to notice that nothing comes any more. */
  #watchSilence() {
    if (this.#isClosed || this.#watch) return;
    this.#watch = window.setInterval(() => {
      if (performance.now() - this.#heardAt > SILENCE) this.#lose("the relay fell silent");
    }, PERIOD);
  }

  /** @param {Uint8Array} bytes  of the microphone */
  #carry(bytes) {
    if (!this.#isUp || !this.isOpen) return;
    if (this.#socket && this.#socket.bufferedAmount < MOST_WAITING) this.#send({ type: "input_audio_buffer.append", audio: toBase64(bytes) });
    else this.#dropped += 1;
  }

  /** @param {RealtimeEvent} event */
  #send(event) {
    if (this.isOpen) this.#socket?.send(JSON.stringify(event));
  }

  /** Like an event of the provider: it comes after whatever runs now. @param {RealtimeEvent} event */
  #tell(event) {
    queueMicrotask(() => this.events.message(JSON.stringify({ ...event, supplied: true })));
  }

  /** @param {number} code @param {string} reason */
  #end(code, reason) {
    if (!MEANT.includes(code) || !this.#isUp) return this.#lose(`the relay closed the line: ${code} ${reason}`.trim());
    if (this.#isClosed) return;
    this.close();
    this.events.ended(this.#trouble ?? problem("provider-ended"));
  }

  /** @param {string} why */
  #lose(why) {
    if (this.#isClosed) return;
    const wasUp = this.#isUp;
    this.close();
    if (wasUp) this.events.lost(why);
  }
}

/** A browser complains of one that is closed while it is being opened. @param {WebSocket} socket */
function closeQuietly(socket) {
  if (socket.readyState === WebSocket.CONNECTING) socket.addEventListener("open", () => socket.close(), { once: true });
  else socket.close();
}
