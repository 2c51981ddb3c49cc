/** Keeps the line of one call: connects, notices its loss, connects again, tells the server that somebody is there. */

import { hangUp } from "../api.js";
import { problem, toProblem } from "../errors.js";
import { MAX_TRIES, pauseBefore } from "./back_off.js";
import { Connection } from "./connection.js";
import { startHeartbeat } from "./heartbeat.js";
import { Timers } from "./timers.js";

/** @typedef {import("../errors.js").Problem} Problem */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").SessionAnswer} SessionAnswer */

/**
 * @typedef {object} LifelineOptions
 * @property {RTCIceServer[]} iceServers
 * @property {import("./key_ring.js").KeyRing} keys
 * @property {() => {mode: string, conversation_id: string|null}} wishes  for the next session
 * @property {() => import("../audio/microphone.js").Microphone|null} microphone
 * @property {() => string} state  of the call, for the heartbeat
 */

/**
 * @typedef {object} LifelineEvents
 * @property {import("./connection.js").ConnectionEvents["step"]} step
 * @property {import("./connection.js").ConnectionEvents["light"]} light
 * @property {import("./connection.js").ConnectionEvents["sound"]} sound
 * @property {import("./connection.js").ConnectionEvents["event"]} event
 * @property {(session: SessionAnswer) => void} session
 * @property {() => void} open  the data channel is
 * @property {() => void} ready  the session listens, for the first time or again
 * @property {(why: string) => void} lost  a new line is made by itself
 * @property {() => void} retry  another attempt begins
 * @property {(why: Problem) => void} failed  for good
 * @property {(why: Problem) => void} ended  by the server
 * @property {(what: Problem) => void} notice
 * @property {(type: string, detail: object) => void} log
 */

/** Between two tries while the engine loads its models, milliseconds, and how many of them. */
const STARTING_PAUSE = 1_000;
const STARTING_TRIES = 120;

export class Lifeline {
  /** Of a reconnection; 0 while the line holds. */
  attempt = 0;
  /** @type {SessionAnswer|null} */
  session = null;

  #options;
  #events;
  /** @type {Connection|null} */
  #connection = null;
  #waits = 0;
  #isClosed = false;
  #stopHeartbeat = () => {};
  #timers = new Timers();

  /** @param {LifelineOptions} options @param {LifelineEvents} events */
  constructor(options, events) {
    this.#options = options;
    this.#events = events;
  }

  get isConnected() {
    return this.#connection !== null;
  }

  /** Connect for the first time. @throws {Problem} if it does not come about */
  async open() {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#connect();
      } catch (error) {
        const why = toProblem(error);
        const isKeyOld = why.code === "key-refused" && tries === 1;
        if (this.#isClosed || (!isKeyOld && !this.#mayWaitFor(why))) throw why;
        if (!isKeyOld) await this.#timers.wait("starting", this.#pauseAfter(why));
      }
    }
  }

  /** The line is of no use any more: make a new one. @param {string} why */
  lose(why) {
    if (this.#isClosed) return;
    this.#events.log("line.lost", { why });
    this.#connection?.close();
    this.#connection = null;
    this.#stopHeartbeat();
    this.#events.lost(why);
    this.#retry();
  }

  close() {
    this.#isClosed = true;
    this.#timers.stopAll();
    this.#stopHeartbeat();
    this.#connection?.close();
    this.#connection = null;
    if (this.session) hangUp(this.session.call_id).catch(() => {});
  }

  /** @param {RealtimeEvent} event @returns {boolean} whether it was sent */
  send(event) {
    return this.#connection?.send(event) ?? false;
  }

  /** @param {MediaStreamTrack|null} track */
  setMicrophone(track) {
    this.#connection?.setMicrophone(track);
  }

  async #connect() {
    this.#connection?.close();
    /** Whatever an older connection tells is late news. @param {() => void} run */
    const ifCurrent = (run) => { if (connection === this.#connection) run(); };
    const { iceServers, keys, wishes, microphone } = this.#options;
    const connection = new Connection(iceServers, {
      step: this.#events.step,
      session: (session) => this.#adopt(session),
      open: () => ifCurrent(this.#events.open),
      event: (event) => ifCurrent(() => this.#events.event(event)),
      sound: this.#events.sound,
      light: (name, light) => ifCurrent(() => this.#events.light(name, light)),
      lost: (why) => ifCurrent(() => this.lose(why)),
    });
    this.#connection = connection;
    try {
      await connection.open(keys.take(wishes()), microphone());
      ifCurrent(() => this.#begin());
    } catch (error) {
      connection.close();
      if (connection !== this.#connection) return;
      this.#connection = null;
      throw error;
    }
  }

  /** @param {SessionAnswer} session */
  #adopt(session) {
    if (this.session) hangUp(this.session.call_id).catch(() => {});
    this.session = session;
    this.#events.session(session);
  }

  #begin() {
    this.attempt = 0;
    this.#waits = 0;
    this.#startHeartbeat();
    this.#events.ready();
  }

  #retry() {
    this.attempt += 1;
    if (this.attempt > MAX_TRIES) return this.#events.failed(problem("connection-lost"));
    this.#events.retry();
    this.#timers.start("retry", pauseBefore(this.attempt), () => this.#reconnect());
  }

  async #reconnect() {
    try {
      await this.#connect();
    } catch (error) {
      const why = toProblem(error);
      this.#events.log("reconnect.failed", { reason: why.code });
      if (this.#isClosed) return;
      // An engine that says that it is being started is waited for: that is no attempt that failed.
      if (this.#mayWaitFor(why)) this.#timers.start("retry", this.#pauseAfter(why), () => this.#reconnect());
      else this.#retry();
    }
  }

  /** @param {Problem} why */
  #mayWaitFor(why) {
    if (why.code !== "engine-starting") return false;
    this.#waits += 1;
    if (this.#waits >= STARTING_TRIES) return false;
    this.#events.notice(why);
    return true;
  }

  /** @param {Problem} why @returns {number} milliseconds */
  #pauseAfter(why) {
    return why.retryAfterMs ?? STARTING_PAUSE;
  }

  #startHeartbeat() {
    this.#stopHeartbeat();
    if (!this.session) return;
    const report = async () => ({ state: this.#options.state(), stats: await this.#connection?.stats() });
    this.#stopHeartbeat = startHeartbeat(this.session.call_id, report, { ended: this.#events.ended, soon: this.#events.notice });
  }
}
