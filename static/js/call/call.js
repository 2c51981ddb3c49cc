/**
 * One talk, from the tap that starts it to its end: what others may ask it, and what it tells them.
 * Its line may be replaced (lifeline.js); what was said stays (conversation.js).
 *
 * Events: `state`, `dialogue`, `light` {name, light}, `step` {name}, `log` (LogEntry), `notice` (Problem),
 * `settled` {code} (a notice is over), `stored` {turn, html}.
 */

import { Sound } from "../audio/sound.js";
import { toProblem } from "../errors.js";
import { Conversation } from "./conversation.js";
import { KeyRing } from "./key_ring.js";
import { Lifeline } from "./lifeline.js";

/** @typedef {import("../types.js").CallState} CallState */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

export class Call extends EventTarget {
  id = crypto.randomUUID();
  startedAt = 0;
  endedAt = 0;
  transport = "webrtc";
  /** @type {CallState} */
  state = "idle";
  /** @type {import("../errors.js").Problem|null} */
  problem = null;

  #options;
  /** @type {Lifeline} */
  #line;
  /** @type {Conversation} */
  #conversation;
  /** @type {Sound} */
  #sound;

  /** @param {import("../types.js").CallOptions & {iceServers?: RTCIceServer[]}} [options] */
  constructor(options = {}) {
    super();
    this.#options = options;
    this.#conversation = this.#newConversation(options);
    this.#line = this.#newLine(options);
    this.#sound = this.#newSound(options);
  }

  // What others may know

  get mode() { return this.session?.mode ?? this.#options.mode ?? "native"; }
  get session() { return this.#line.session; }
  /** Of a reconnection. */
  get attempt() { return this.#line.attempt; }
  get conversationId() { return this.#conversation.id; }
  get dialogue() { return this.#conversation.dialogue; }
  get isLive() { return !["idle", "ended", "error"].includes(this.state); }
  /** Whether a turn still waits to be stored. */
  get hasUnsent() { return this.#conversation.hasUnsent; }
  get hasMicrophone() { return this.#sound.microphone !== null; }
  get isMuted() { return this.#sound.isMuted; }
  get levels() { return this.#sound.levels; }
  get speaker() { return this.#sound.speaker; }

  // What others may ask for

  async start() {
    if (this.state !== "idle") return;
    this.startedAt = Date.now();
    this.#setState("connecting");
    if (this.#options.microphone !== false) this.#sound.addMicrophone();
    try {
      await this.#line.open();
    } catch (error) {
      if (this.isLive) this.#finish("error", toProblem(error));
    }
  }

  /** @param {import("../errors.js").Problem|null} [why]  null: the person wanted it */
  end(why = null) {
    if (this.isLive) this.#finish("ended", why);
  }

  /** Silence the reply and stop writing it. */
  interrupt() {
    if (!this.#isReady) return;
    this.speaker.hush(true);
    this.#conversation.interrupt();
  }

  /** @param {string} text @returns {string} the id of its item */
  sendText(text) {
    return this.#conversation.type(text, this.#isReady);
  }

  /** @param {RealtimeEvent} event @returns {boolean} whether it was sent */
  send(event) {
    const isSent = this.#line.send(event);
    this.#log("client", event.type, isSent ? event : { ...event, not_sent: true });
    return isSent;
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.#sound.mute(isMuted);
    this.#tell("state", {});
  }

  /** Take the microphone into a typed call, or another one into a spoken call. */
  async openMicrophone() {
    if (!this.isLive) return;
    await this.#sound.openMicrophone(() => this.#isReady);
    this.#tell("state", {});
  }

  /** The page goes away: send what waits, tell the server, stop. */
  leave() {
    this.end();
    this.#conversation.leave();
  }

  // Its parts

  /** @param {import("../types.js").CallOptions} options */
  #newConversation({ conversationId = null, history = [] }) {
    return new Conversation(conversationId, history, {
      send: (event) => this.send(event),
      origin: () => ({ mode: this.mode, provider: this.session?.provider ?? "" }),
      change: () => { this.#tell("dialogue", {}); this.#showActivity(); },
      notice: (what) => this.#notice(what),
      stored: (turn, html) => { this.#tell("stored", { turn, html }); this.#tell("settled", { code: "turns-waiting" }); },
      refused: (turn, error) => this.#log("app", "turn.refused", { item_id: turn.itemId, reason: String(error) }),
    });
  }

  /** @param {import("../types.js").CallOptions & {iceServers?: RTCIceServer[]}} options */
  #newLine({ iceServers = [], keys = new KeyRing() }) {
    return new Lifeline({
      iceServers,
      keys,
      wishes: () => ({ mode: this.mode, conversation_id: this.conversationId }),
      microphone: () => this.#sound.microphone,
      state: () => this.state,
    }, {
      step: (name) => this.#tell("step", { name }),
      light: (name, light) => this.#tell("light", { name, light }),
      sound: (stream) => { this.speaker.play(stream); },
      event: (event) => this.#hear(event),
      session: (session) => this.#adopt(session),
      open: () => this.#measure(),
      ready: () => this.#begin(),
      lost: () => { this.#sound.microphone?.hold(true); this.#conversation.lose(); },
      retry: () => this.#setState("reconnecting"),
      failed: (why) => this.#finish("error", why),
      ended: (why) => this.end(why),
      notice: (what) => this.#notice(what),
      log: (type, detail) => this.#log("app", type, detail),
    });
  }

  /** @param {import("../types.js").CallOptions} options */
  #newSound({ muted = false }) {
    return new Sound(muted, {
      track: (track) => this.#line.setMicrophone(track),
      light: (light) => this.#tell("light", { name: "audio", light }),
      notice: (what) => this.#notice(what),
      settled: (code) => this.#tell("settled", { code }),
    });
  }

  // Its course

  get #isReady() {
    return this.dialogue.sessionReady && this.#line.isConnected;
  }

  /** @param {import("../types.js").SessionAnswer} session */
  #adopt({ call_id, conversation_id, provider, model }) {
    this.#conversation.id = conversation_id;
    this.#log("app", "session.minted", { call_id, provider, model });
  }

  #measure() {
    const { clickedAt } = this.#options;
    if (clickedAt === undefined || this.attempt > 0) return;
    const { duration } = performance.measure("vivavoce:connect", { start: clickedAt, end: performance.now() });
    this.#log("app", "channel.open", { milliseconds: Math.round(duration) });
  }

  /** Seed the session and let the microphone through. */
  #begin() {
    this.#conversation.begin();
    this.#sound.microphone?.hold(false);
    this.#tell("settled", { code: "engine-starting" });
    this.#tell("settled", { code: "offline" });
    this.#setState(this.#conversation.activity);
  }

  /** @param {RealtimeEvent|null} event */
  #hear(event) {
    if (!event) return this.#log("app", "event.unreadable", {});
    this.#log("server", event.type, event);
    this.#conversation.hear(event);
    if (event.type === "response.created") this.speaker.hush(false);
    if (event.type === "output_audio_buffer.cleared") this.speaker.hush(true);
    if (event.type === "error" && event.error?.code === "session_expired") this.#line.lose("the session expired");
  }

  #showActivity() {
    if (this.#isReady && this.state !== "connecting" && this.state !== "reconnecting") this.#setState(this.#conversation.activity);
  }

  /** @param {"ended"|"error"} state @param {import("../errors.js").Problem|null} why */
  #finish(state, why) {
    this.#conversation.lose();
    this.problem = why;
    this.endedAt = Date.now();
    this.#line.close();
    this.#sound.stop();
    this.#setState(state);
    this.#tell("light", { name: "webrtc", light: state === "error" ? "lost" : "off" });
    this.#tell("light", { name: "datachannel", light: "off" });
    this.#tell("light", { name: "audio", light: "off" });
    if (why) this.#notice(why);
  }

  /** @param {CallState} state */
  #setState(state) {
    if (state === this.state && state !== "reconnecting") return;
    this.#log("app", "state", { from: this.state, to: state });
    this.state = state;
    this.#tell("state", {});
  }

  /** @param {import("../errors.js").Problem} what */
  #notice(what) {
    this.#log("app", "notice", { code: what.code, message: what.message });
    this.#tell("notice", what);
  }

  /** @param {import("../types.js").LogEntry["direction"]} direction @param {string} type @param {unknown} detail */
  #log(direction, type, detail) {
    this.#tell("log", { at: Date.now(), direction, type, detail });
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
