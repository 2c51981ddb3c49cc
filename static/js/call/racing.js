/**
 * WebRTC, and the relay beside it where that is not up in time. Whichever is up first stays; the other one's call is ended.
 * To the rest of the page the two are one line.
 */

import { hangUp } from "../api.js";
import { problem, toProblem } from "../errors.js";
import { Timers } from "./timers.js";
import { NOBODY } from "./webrtc.js";
import { WebSocketLine } from "./websocket.js";

/** @typedef {import("../types.js").SessionAnswer} SessionAnswer */
/** @typedef {import("./webrtc.js").WebRtcLine} WebRtcLine */

/**
 * What WebRTC has for itself, milliseconds. Nobody is to wait for a line longer than four seconds: the last of them is the
 * relay's, to get up.
 */
const HEAD_START = 3_000;

/** And at least so much of it once there is a key: most lines are up in a third of that. Milliseconds. */
const LEAST = 1_500;

export class RacingLine {
  /** Who hears of it. */
  events = NOBODY;
  direction;
  #webrtc;
  #mint;
  /** @type {WebSocketLine|null} */
  #relay = null;
  /** The relay's call. @type {Promise<SessionAnswer>|null} */
  #minted = null;
  /** The one that is up. @type {WebRtcLine|WebSocketLine|null} */
  #winner = null;
  /** @type {MediaStreamTrack|null} */
  #track = null;
  #isClosed = false;
  #timers = new Timers();

  /** @param {WebRtcLine} webrtc @param {(beside: SessionAnswer) => Promise<SessionAnswer>} mint  prepares another call, over the relay */
  constructor(webrtc, mint) {
    this.direction = webrtc.direction;
    this.#webrtc = webrtc;
    this.#mint = mint;
  }

  get transport() { return this.#winner?.transport ?? "webrtc"; }
  get needsSession() { return this.#winner?.needsSession ?? false; }
  get isOpen() { return this.#winner?.isOpen ?? false; }

  /**
   * Connect. If the relay wins, its session is told before anything that comes of it.
   * @param {Promise<SessionAnswer>} session
   * @throws {import("../errors.js").Problem} also where it was closed meanwhile
   */
  async open(session) {
    const begun = performance.now();
    const first = this.#openWebRtc(session);
    first.catch(() => {}); // told when it is needed
    try {
      if (await Promise.race([first, this.#headStart(session, begun)])) return;
    } catch (error) {
      // Whatever else is wrong is wrong with the relay too.
      if (toProblem(error).code !== "line-failed") throw error;
    }
    if (this.#isClosed) throw problem("line-failed");
    if (this.#winner) return;
    await Promise.any([first, this.#openRelay(await session)]).catch(({ errors }) => { throw tellingOne(errors); });
  }

  /** @param {object & {type: string}} event @returns {boolean} whether it was sent */
  send(event) {
    return this.#winner?.send(event) ?? false;
  }

  /** @param {MediaStreamTrack|null} track */
  async setMicrophone(track) {
    this.#track = track;
    if (this.#winner) await this.#winner.setMicrophone(track);
    else await Promise.all([this.#webrtc.setMicrophone(track), this.#relay?.setMicrophone(track)]);
  }

  /** @returns {Promise<Record<string, number>>} */
  async stats() {
    return this.#winner?.stats() ?? {};
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timers.stopAll();
    this.#webrtc.close();
    this.#relay?.close();
    if (this.#winner !== this.#relay) this.#endRelaysCall();
  }

  /** @param {Promise<SessionAnswer>} session @returns {Promise<boolean>} true */
  async #openWebRtc(session) {
    const line = this.#webrtc;
    /** Before it was up, its opening tells. @param {() => void} tell */
    const ifUp = (tell) => { if (line === this.#winner) tell(); };
    line.events = { ...this.events, lost: (why) => ifUp(() => this.events.lost(why)), ended: (why) => ifUp(() => this.events.ended(why)) };
    await line.open(session);
    if (this.#winner || this.#isClosed) return true;
    this.#winner = line;
    this.#timers.stopAll();
    this.#relay?.close();
    this.#endRelaysCall();
    return true;
  }

  /** @param {Promise<SessionAnswer>} session @param {number} begun  performance.now() @returns {Promise<boolean>} false */
  async #headStart(session, begun) {
    await session;
    await this.#timers.wait("head start", Math.max(begun + HEAD_START - performance.now(), LEAST));
    return false;
  }

  /** @param {SessionAnswer} beside */
  async #openRelay(beside) {
    const line = new WebSocketLine(this.direction);
    this.#relay = line;
    /** What it told before it was up. @type {(() => void)[]} */
    const told = [];
    /** @param {() => void} tell */
    const keep = (tell) => { if (line === this.#winner) tell(); else told.push(tell); };
    line.events = {
      ...NOBODY,
      message: (data) => keep(() => this.events.message(data)),
      sound: (stream) => keep(() => this.events.sound(stream)),
      light: (name, light) => keep(() => this.events.light(name, light)),
      lost: (why) => keep(() => this.events.lost(why)),
      ended: (why) => keep(() => this.events.ended(why)),
    };
    this.#minted = this.#mint(beside);
    line.setMicrophone(this.#track);
    await line.open(this.#minted);
    if (this.#winner || this.#isClosed) return;
    this.#winner = line;
    this.#webrtc.events = NOBODY; // its lights are not to go out now
    this.#webrtc.close();
    this.events.session(await this.#minted);
    for (const tell of told) tell();
  }

  #endRelaysCall() {
    this.#minted?.then(({ call_id }) => hangUp(call_id)).catch(() => {});
  }
}

/** Of two failures the one that says more than that there is no way through. @param {unknown[]} errors */
function tellingOne(errors) {
  const problems = errors.map(toProblem);
  return problems.find(({ code }) => code !== "line-failed") ?? problems[0];
}
