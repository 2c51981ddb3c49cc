/** Keeps the line of one call: connects, notices its loss, connects again, exchanges it, tells the server that somebody is there. */

import { hangUp } from "../api.js";
import { problem, toProblem } from "../errors.js";
import { MAX_TRIES, pauseBefore } from "./back_off.js";
import { Connection } from "./connection.js";
import { startHeartbeat } from "./heartbeat.js";
import { possibleTransport, takeLine, wishesOver } from "./lines.js";
import { Timers } from "./timers.js";

/** @typedef {import("../errors.js").Problem} Problem */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").SessionAnswer} SessionAnswer */

/**
 * @typedef {object} Plan  of a session
 * @property {{mode?: string, conversation_id?: string|null, voice?: string}} wishes  for the server
 * @property {import("./webrtc.js").Direction} direction  of the sound
 * @property {import("./lines.js").Transport} transport
 */

/**
 * @typedef {object} LifelineOptions
 * @property {RTCIceServer[]} iceServers
 * @property {import("./key_ring.js").KeyRing} keys
 * @property {() => Plan} plan  of the next session
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
 * @property {(callId: string, tally: import("../types.js").Tally) => void} beat  the server heard of the call
 * @property {() => number|null} level  of the provider's sound
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
  /** Made ready beside the one that stands. @type {Connection|null} */
  #next = null;
  #waits = 0;
  /** WebRTC did not get through, but the relay did. */
  #isMoved = false;
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

  get transport() {
    return this.#connection?.transport ?? this.#transportOf(this.#options.plan());
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

  /**
   * Make a line of another kind ready beside the one that stands, and put it in its place.
   * @param {Plan} plan
   * @param {() => Promise<void>} boundary  between two turns; waited for once the new line listens
   * @param {() => void} takeOver  the old one has said its last
   * @returns {Promise<boolean>} false: it was given up
   * @throws {Problem} if it does not come about; then the old line goes on
   */
  async exchange(plan, boundary, takeOver) {
    this.giveUpExchange();
    const next = this.#newConnection(plan);
    this.#next = next;
    try {
      await next.open(this.#mint(plan), null);
      await boundary();
      if (next === this.#next && !next.isOpen) throw problem("line-failed");
    } catch (error) {
      if (next !== this.#next) return false;
      this.giveUpExchange();
      throw error;
    }
    if (next !== this.#next) return false;
    this.#next = null;
    takeOver();
    this.#replace(next);
    return true;
  }

  /** Forget the line that was made ready. */
  giveUpExchange() {
    this.#next?.end();
    this.#next = null;
  }

  close() {
    this.#isClosed = true;
    this.giveUpExchange();
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
    const plan = this.#options.plan();
    const connection = this.#newConnection(plan);
    this.#connection = connection;
    try {
      await connection.open(this.#mint(plan), this.#options.microphone());
      if (connection === this.#connection) this.#begin();
    } catch (error) {
      connection.close();
      if (connection !== this.#connection) return;
      this.#connection = null;
      throw error;
    }
  }

  /** @param {Plan} plan @returns {"webrtc"|"websocket"|"auto"} */
  #transportOf({ transport }) {
    return transport === "auto" && this.#isMoved ? "websocket" : possibleTransport(transport);
  }

  /** @param {Plan} plan */
  #mint(plan) {
    return this.#options.keys.take(wishesOver(plan.wishes, this.#transportOf(plan)));
  }

  /** @param {Plan} plan */
  #newConnection(plan) {
    /** What a line tells that does not stand is no news. @param {() => void} run */
    const ifCurrent = (run) => { if (connection === this.#connection) run(); };
    const line = takeLine(this.#options.iceServers, plan.direction, this.#transportOf(plan), ({ conversation_id }) =>
      this.#options.keys.take(wishesOver({ ...plan.wishes, conversation_id }, "websocket")));
    const connection = new Connection(line, {
      step: (name) => ifCurrent(() => this.#events.step(name)),
      session: (session, before) => {
        if (connection === this.#connection) this.#adopt(session);
        else if (before) hangUp(before.call_id).catch(() => {});
      },
      open: () => ifCurrent(this.#events.open),
      event: (event) => ifCurrent(() => this.#events.event(event)),
      sound: (stream) => ifCurrent(() => this.#events.sound(stream)),
      light: (name, light) => ifCurrent(() => this.#events.light(name, light)),
      lost: (why) => ifCurrent(() => this.lose(why)),
      ended: (why) => ifCurrent(() => this.#events.ended(why)),
      level: this.#events.level,
    });
    return connection;
  }

  /** @param {Connection} next  it listens */
  #replace(next) {
    const old = this.#connection;
    this.#connection = next;
    this.#timers.stop("retry");
    old?.close();
    if (next.session) this.#adopt(next.session);
    next.setMicrophone(this.#options.microphone()?.track ?? null);
    if (next.stream) this.#events.sound(next.stream);
    this.#events.light("webrtc", "on");
    this.#events.light("datachannel", "on");
    this.#begin();
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
    this.#noteMove();
    this.#startHeartbeat();
    this.#events.ready();
  }

  /** Told once; from now on the lines of this call go that way. */
  #noteMove() {
    const isChosen = this.#options.plan().transport !== "auto";
    if (isChosen || this.#isMoved || this.#connection?.transport !== "websocket") return;
    this.#isMoved = true;
    this.#events.notice(problem("moved-to-relay"));
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
    const { call_id } = this.session;
    this.#stopHeartbeat = startHeartbeat(call_id, report, {
      ended: this.#events.ended, soon: this.#events.notice, beat: (tally) => this.#events.beat(call_id, tally),
    });
  }
}
