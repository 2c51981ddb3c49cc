/** One connection to the provider: key, microphone and line at the same time, each as early as it can be. */

import { hangUp } from "../api.js";
import { problem } from "../errors.js";
import { parseEvent } from "./events.js";
import { MissingEvents } from "./missing_events.js";
import { SessionUpdates } from "./session_updates.js";

/** @typedef {import("../types.js").Light} Light */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").SessionAnswer} SessionAnswer */

/**
 * @typedef {object} ConnectionEvents
 * @property {(name: "microphone"|"key"|"line") => void} step  what is waited for now
 * @property {(session: SessionAnswer, before: SessionAnswer|null) => void} session  before: it was opened in vain, and is to be ended
 * @property {() => void} open  the data channel is
 * @property {(event: RealtimeEvent|null) => void} event  null: nothing that could be read
 * @property {(stream: MediaStream) => void} sound
 * @property {(name: "webrtc"|"datachannel", light: Light) => void} light
 * @property {(why: string) => void} lost
 * @property {(why: import("../errors.js").Problem) => void} ended  by the other side
 * @property {() => number|null} level  of the provider's sound, 0 to 1; null: it cannot be measured
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
  #missing;
  #updates = new SessionUpdates();
  #isClosed = false;
  #isWelcomed = false;
  /** @type {() => void} */
  #welcome = () => {};

  /** @param {import("./lines.js").Line} line @param {ConnectionEvents} events */
  constructor(line, events) {
    this.#events = events;
    this.#missing = new MissingEvents((event) => events.event(event), () => events.level());
    this.#line = line;
    line.events = {
      message: (data) => this.#hear(parseEvent(data)),
      sound: (stream) => { this.stream = stream; events.sound(stream); },
      light: (name, light) => { if (!this.#isClosed) events.light(name, light); },
      lost: (why) => { if (!this.#isClosed) events.lost(why); },
      ended: (why) => { if (!this.#isClosed) events.ended(why); },
      session: (session) => this.#adopt(session),
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
    const opened = this.#line.open(minted.then((session) => this.#adopt(session))).then(() => this.#tellSession()).then(() => this.#untilWelcome());
    await Promise.all([opened, microphone && this.#listen(microphone)]);
  }

  /** @param {RealtimeEvent} event @returns {boolean} whether it was sent */
  send(event) {
    const prepared = this.#updates.sending(event);
    const isSent = this.#line.send(prepared);
    if (isSent) this.#missing.sent(prepared);
    return isSent;
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

  get transport() {
    return this.#line.transport;
  }

  close() {
    this.#missing.stop();
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
    const before = this.session;
    this.session = session;
    this.#events.session(session, before);
    this.#events.step("line");
    return session;
  }

  /** @param {import("../audio/microphone.js").Microphone} microphone */
  async #listen(microphone) {
    microphone.hold(true);
    const track = microphone.track ?? (await microphone.open());
    await this.#line.setMicrophone(track);
  }

  #tellSession() {
    if (!this.#line.needsSession || !this.session) return;
    const { model: _, ...session } = this.session.session;
    this.send({ type: "session.update", session });
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
    if (!event) return this.#events.event(null);
    const smaller = this.#updates.hear(event);
    const isMended = smaller !== null && this.#line.send(smaller);
    this.#missing.hear(isMended ? { ...event, mended: true } : event);
    if (event.type === "error") return;
    // Usually `session.created`; who speaks at all listens, too.
    this.#isWelcomed = true;
    this.#welcome();
  }
}
