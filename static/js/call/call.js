/**
 * One talk, from the tap that starts it to its end: what others may ask it, and what it tells them.
 * Its line may be replaced (lifeline.js), and its mode with it (current_mode.js); what was said stays (conversation.js).
 *
 * Events: `state`, `dialogue`, `light` {name, light}, `step` {name}, `log` (LogEntry), `notice` (Problem),
 * `settled` {code} (a notice is over), `stored` {turn, html}, `tool` (ToolCall), `cost`.
 */

import { toProblem } from "../errors.js";
import { assemble } from "./assembly.js";
import { greetingIn } from "./greeting.js";

/** @typedef {import("../types.js").CallState} CallState */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

export class Call extends EventTarget {
  id = crypto.randomUUID();
  startedAt = 0;
  endedAt = 0;
  /** @type {CallState} */
  state = "idle";
  /** @type {import("../errors.js").Problem|null} */
  problem = null;

  #options;
  /** @type {import("./assembly.js").Parts} */
  #parts;

  /** @param {import("../types.js").CallOptions} [options] */
  constructor(options = {}) {
    super();
    this.#options = options;
    this.#parts = assemble(options, {
      tell: (name, detail) => this.#tell(name, detail),
      log: (direction, type, detail) => this.#log(direction, type, detail),
      notice: (what) => this.#notice(what),
      state: () => this.state,
      change: () => this.#follow(),
      event: (event) => this.#hear(event),
      session: (session) => this.#adopt(session),
      open: () => this.#measure(),
      ready: () => this.#begin(),
      retry: () => this.#setState("reconnecting"),
      failed: (why) => this.#finish("error", why),
      ended: (why) => this.end(why),
    });
  }

  // What others may know

  get mode() { return this.#parts.mode.name; }
  /** "auto" is WebRTC until it turns out otherwise. */
  get transport() { return this.#parts.line.transport === "websocket" ? "websocket" : "webrtc"; }
  get session() { return this.#parts.line.session; }
  /** Of a reconnection. */
  get attempt() { return this.#parts.line.attempt; }
  get conversationId() { return this.#parts.conversation.id; }
  get dialogue() { return this.#parts.conversation.dialogue; }
  get isLive() { return !["idle", "ended", "error"].includes(this.state); }
  get hasMicrophone() { return this.#parts.sound.microphone !== null; }
  get isMuted() { return this.#parts.sound.isMuted; }
  /** Dollars so far, and of each turn. */
  get cost() { return this.#parts.purse; }
  get levels() { return this.#parts.sound.levels; }
  /** When the person was last heard: performance.now(); null where nobody looked at the levels. */
  get lastLoudAt() { return this.#parts.sound.microphone?.lastLoudAt ?? null; }
  get speaker() { return this.#parts.sound.speaker; }
  /** Who writes down what is said; null: the provider, or nobody yet. */
  get hearing() { return this.#parts.mode.hearing; }
  /** The talk button is pressed. */
  get isTalking() { return this.#parts.mode.isTalking; }

  // What others may ask for

  async start() {
    if (this.state !== "idle") return;
    this.startedAt = Date.now();
    this.#setState("connecting");
    if (this.#options.microphone !== false) this.#parts.sound.addMicrophone();
    try {
      await this.#parts.mode.load();
      if (this.isLive) await this.#parts.line.open();
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
    this.#parts.tools.hush();
    this.#parts.mode.interrupt();
  }

  /** @param {string} text @returns {string} the id of its item */
  sendText(text) {
    this.#parts.mode.yield();
    return this.#parts.conversation.type(text);
  }

  /** "That is not what I said": correct one's own words and have them answered anew. @param {string} itemId @param {string} text */
  revise(itemId, text) {
    const turn = this.dialogue.turns.find((each) => each.itemId === itemId);
    this.#parts.mode.interrupt();
    if (turn) this.#parts.tools.withdraw(turn.startedAt);
    this.#parts.conversation.revise(itemId, text);
  }

  /** A tool may be used, or not. @param {string} id  of its call @param {boolean} isAllowed */
  decideTool(id, isAllowed) {
    this.#parts.tools.decide(id, isAllowed);
  }

  /** The talk button goes down. */
  press() {
    this.#parts.mode.press();
  }

  /** The talk button goes up. */
  release() {
    this.#parts.mode.release();
  }

  /**
   * Go on in another mode or with another voice, from the next turn boundary on.
   * @param {import("./switchover.js").Wishes} wishes
   * @throws {import("../errors.js").Problem} if it does not come about; then all stays as it was
   */
  switchTo(wishes) {
    return this.#parts.mode.switchTo(wishes);
  }

  /** @param {import("../types.js").SettingChanges} changes */
  applySettings(changes) {
    this.#parts.mode.apply(changes).catch((why) => this.#notice(toProblem(why)));
  }

  /** @param {RealtimeEvent} event @returns {boolean} whether it was sent */
  send(event) {
    return this.#parts.send(event);
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.#parts.sound.mute(isMuted);
    this.#parts.mode.mute(isMuted);
    this.#tell("state", {});
  }

  /** Take the microphone into a typed call, or another one into a spoken call. */
  async openMicrophone() {
    if (!this.isLive) return;
    await this.#parts.sound.openMicrophone();
    this.#parts.mode.listen();
    this.#tell("state", {});
  }

  // Its course

  get #isReady() {
    return this.dialogue.sessionReady && this.#parts.line.isConnected;
  }

  /** @param {import("../types.js").SessionAnswer} session */
  #adopt({ call_id, conversation_id, provider, model }) {
    this.#parts.conversation.id = conversation_id;
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
    const { greeting, language } = this.#parts.mode.settings;
    this.#parts.conversation.begin(greeting ? greetingIn(language) : null);
    this.#parts.mode.begin();
    this.#tell("settled", { code: "engine-starting" });
    this.#tell("settled", { code: "offline" });
    const { activity } = this.#parts.conversation;
    if (activity === this.state) this.#tell("state", {}); // in another mode, maybe
    this.#setState(activity);
  }

  /** @param {RealtimeEvent|null} event */
  #hear(event) {
    if (!event) return this.#log("app", "event.unreadable", {});
    this.#log(event.supplied ? "app" : "server", event.type, event);
    this.#parts.conversation.hear(event);
    this.#parts.mode.hear(event);
    this.#parts.tools.hear(event);
    this.#parts.purse.hear(event);
    if (event.type === "error" && event.error?.code === "session_expired") this.#parts.line.lose("the session expired");
  }

  /** Something changed in the dialogue. */
  #follow() {
    this.#tell("dialogue", {});
    const isUnderWay = this.state !== "connecting" && this.state !== "reconnecting";
    if (this.#isReady && isUnderWay) this.#setState(this.#parts.conversation.activity);
    this.#parts.tools.look();
    this.#parts.mode.look();
  }

  /** @param {"ended"|"error"} state @param {import("../errors.js").Problem|null} why */
  #finish(state, why) {
    this.#parts.mode.lose();
    this.problem = why;
    this.endedAt = Date.now();
    this.#parts.mode.stop();
    this.#parts.purse.flush();
    this.#parts.line.close();
    this.#parts.sound.stop();
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
