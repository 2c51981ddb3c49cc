/** One connection to the provider: key, microphone and line at the same time, each as early as it can be. */

import { hangUp } from "../api.js";
import { problem } from "../errors.js";
import { parseEvent } from "./events.js";
import { takeLine } from "./webrtc.js";

/** @typedef {import("../types.js").Light} Light */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").SessionAnswer} SessionAnswer */

/**
 * @typedef {object} ConnectionEvents
 * @property {(name: "microphone"|"key"|"line") => void} step  what is waited for now
 * @property {(session: SessionAnswer) => void} session
 * @property {() => void} open  the data channel is
 * @property {(event: RealtimeEvent|null) => void} event  null: nothing that could be read
 * @property {(stream: MediaStream) => void} sound
 * @property {(name: "webrtc"|"datachannel", light: Light) => void} light
 * @property {(why: string) => void} lost
 */

/** Some providers never say `session.created`; then the open channel must do, milliseconds. */
const SESSION_PATIENCE = 1_500;

export class Connection {
  /** @type {SessionAnswer|null} */
  session = null;
  /** The provider's sound. @type {MediaStream|null} */
  stream = null;

  #line;
  #events;
  #isClosed = false;
  #isWelcomed = false;
  /** @type {() => void} */
  #welcome = () => {};

  /** @param {RTCIceServer[]} iceServers @param {import("./webrtc.js").Direction} direction @param {ConnectionEvents} events */
  constructor(iceServers, direction, events) {
    this.#events = events;
    this.#line = takeLine(iceServers, direction);
    this.#line.events = {
      message: (data) => this.#hear(parseEvent(data)),
      sound: (stream) => { this.stream = stream; events.sound(stream); },
      light: (name, light) => { if (!this.#isClosed) events.light(name, light); },
      lost: (why) => { if (!this.#isClosed) events.lost(why); },
    };
  }

  /**
   * Resolves when the session listens.
   * @param {Promise<SessionAnswer>} minted
   * @param {import("../audio/microphone.js").Microphone|null} microphone
   * @throws {import("../errors.js").Problem}
   */
  async open(minted, microphone) {
    this.#events.step(microphone ? "microphone" : "key");
    const opened = this.#line.open(minted.then((session) => this.#adopt(session))).then(() => this.#untilWelcome());
    await Promise.all([opened, microphone && this.#listen(microphone)]);
  }

  /** @param {RealtimeEvent} event @returns {boolean} whether it was sent */
  send(event) {
    return this.#line.send(event);
  }

  /** @param {MediaStreamTrack|null} track */
  setMicrophone(track) {
    return this.#line.setMicrophone(track);
  }

  stats() {
    return this.#line.stats();
  }

  get isOpen() {
    return !this.#isClosed && this.#line.isOpen;
  }

  close() {
    this.#line.close();
    this.#isClosed = true;
  }

  /** Close it, and tell the server that its call is over. */
  end() {
    this.close();
    if (this.session) hangUp(this.session.call_id).catch(() => {});
  }

  /** @param {SessionAnswer} session */
  #adopt(session) {
    if (this.#isClosed) {
      hangUp(session.call_id).catch(() => {});
      throw problem("unexpected");
    }
    this.session = session;
    this.#events.session(session);
    this.#events.step("line");
    return session;
  }

  /** @param {import("../audio/microphone.js").Microphone} microphone */
  async #listen(microphone) {
    microphone.hold(true);
    const track = microphone.track ?? (await microphone.open());
    await this.#line.setMicrophone(track);
  }

  /** @returns {Promise<void>} */
  #untilWelcome() {
    this.#events.open();
    if (this.#isWelcomed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#welcome = resolve;
      setTimeout(resolve, SESSION_PATIENCE);
    });
  }

  /** @param {RealtimeEvent|null} event */
  #hear(event) {
    if (this.#isClosed) return;
    this.#events.event(event);
    if (event?.type !== "session.created") return;
    this.#isWelcomed = true;
    this.#welcome();
  }
}
