/**
 * One talk, from the tap that starts it to its end: connects, follows the events, reconnects, cleans up.
 * It outlives single lines: a reconnection is a new line that is seeded with the turns so far.
 *
 * Events: `state`, `dialogue`, `light` {name, light}, `step` {name}, `log` (LogEntry), `notice` (Problem),
 * `settled` {code} (a notice is over), `stored` {turn, html}.
 */

import { hangUp, postTurn } from "../api.js";
import { Microphone } from "../audio/microphone.js";
import { Speaker } from "../audio/speaker.js";
import { problem, toProblem } from "../errors.js";
import { MAX_TRIES, pauseBefore } from "./back_off.js";
import { Connection } from "./connection.js";
import { newItemId, typedMessage } from "./events.js";
import { startHeartbeat } from "./heartbeat.js";
import { KeyRing } from "./key_ring.js";
import { activityOf, newDialogue, reduce } from "./reducer.js";
import { isReplyDue, seedEvents } from "./seed.js";
import { Timers } from "./timers.js";
import { TurnStore } from "./turn_store.js";
import { keepUnsent } from "./unsent.js";

/** @typedef {import("../types.js").CallState} CallState */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

/** A reply that does not begin within this time is not waited for any longer, milliseconds. */
const REPLY_PATIENCE = 15_000;

/** Between two tries while the engine loads its models, and how many of them. */
const STARTING_PAUSE = 1_000;
const STARTING_TRIES = 120;

export class Call extends EventTarget {
  id = crypto.randomUUID();
  startedAt = 0;
  endedAt = 0;
  attempt = 0;
  transport = "webrtc";
  /** @type {CallState} */
  state = "idle";
  /** @type {import("../errors.js").Problem|null} */
  problem = null;
  /** @type {import("../types.js").SessionAnswer|null} */
  session = null;

  #options;
  #keys;
  /** @type {Connection|null} */
  #connection = null;
  /** @type {Microphone|null} */
  #microphone = null;
  #speaker = new Speaker();
  #store;
  #isReplyWanted = false;
  #stopHeartbeat = () => {};
  #timers = new Timers();

  /** @param {import("../types.js").CallOptions & {iceServers?: RTCIceServer[]}} [options] */
  constructor(options = {}) {
    super();
    this.#options = options;
    this.#keys = options.keys ?? new KeyRing();
    this.isMuted = options.muted ?? false;
    this.conversationId = options.conversationId ?? null;
    this.dialogue = newDialogue(options.history ?? []);
    this.#store = new TurnStore((turn, keepalive) => this.#post(turn, keepalive), {
      stored: (turn, html) => { this.#tell("stored", { turn, html }); this.#tell("settled", { code: "turns-waiting" }); },
      late: () => this.#notice(problem("turns-waiting")),
      refused: (turn, error) => this.#log("app", "turn.refused", { item_id: turn.itemId, reason: String(error) }),
    });
    this.#speaker.addEventListener("blocked", () => this.#notice(problem("autoplay-refused")));
    this.#speaker.addEventListener("playing", () => this.#tell("settled", { code: "autoplay-refused" }));
  }

  // What others may know

  get mode() {
    return this.session?.mode ?? this.#options.mode ?? "native";
  }

  get isLive() {
    return !["idle", "ended", "error"].includes(this.state);
  }

  /** Whether a turn still waits to be stored. */
  get hasUnsent() {
    return !this.#store.isEmpty;
  }

  get hasMicrophone() {
    return this.#microphone !== null;
  }

  /** Loudness of the person and of the assistant, each 0 to 1 or null. */
  get levels() {
    return { input: this.#microphone?.level() ?? null, output: this.#speaker.level() };
  }

  // What others may ask for

  async start() {
    if (this.state !== "idle") return;
    this.startedAt = Date.now();
    this.#setState("connecting");
    if (this.#options.microphone !== false) this.#microphone = this.#newMicrophone();
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#connect();
      } catch (error) {
        if (!(await this.#mayTryAgain(toProblem(error), tries))) return;
      }
    }
  }

  /** @param {import("../errors.js").Problem|null} [why]  null: the person wanted it */
  end(why = null) {
    if (!this.isLive) return;
    this.#finish("ended", why);
  }

  /** Silence the reply and stop writing it. */
  interrupt() {
    if (!this.#isReady) return;
    this.#speaker.hush(true);
    if (this.dialogue.responseId) this.send({ type: "response.cancel" });
    this.send({ type: "output_audio_buffer.clear" });
    this.#take({ type: "app.waited" });
  }

  /** @param {string} text @returns {string} the id of its item */
  sendText(text) {
    const itemId = newItemId();
    // Before the session is ready this is all there is to do: the seed carries it.
    this.#take({ type: "app.typed", item_id: itemId, text });
    this.#isReplyWanted = true;
    if (this.#isReady && this.send(typedMessage(itemId, text))) this.#requestReply();
    return itemId;
  }

  /** @param {RealtimeEvent} event @returns {boolean} whether it was sent */
  send(event) {
    const isSent = this.#connection?.send(event) ?? false;
    this.#log("client", event.type, isSent ? event : { ...event, not_sent: true });
    return isSent;
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.isMuted = isMuted;
    this.#microphone?.mute(isMuted);
    this.#tell("state", {});
  }

  /** Take the microphone into a typed call, or another one into a spoken call. */
  async openMicrophone() {
    if (!this.isLive) return;
    this.#microphone ??= this.#newMicrophone();
    const microphone = this.#microphone;
    try {
      await microphone.open();
      microphone.hold(!this.#isReady);
      this.#tell("settled", { code: "microphone-lost" });
    } catch (error) {
      if (!microphone.track) this.#microphone = null;
      this.#notice(toProblem(error));
    }
    this.#tell("state", {});
  }

  get speaker() {
    return this.#speaker;
  }

  /** The page goes away: send what waits, tell the server, stop. */
  leave() {
    this.end();
    const turns = this.#store.flush();
    if (this.conversationId) keepUnsent(this.conversationId, turns, { mode: this.mode, provider: this.session?.provider ?? "" });
  }

  // Lines

  get #isReady() {
    return this.dialogue.sessionReady && this.#connection !== null;
  }

  async #connect() {
    this.#connection?.close();
    /** Whatever an older connection tells is late news. @param {() => void} run */
    const ifCurrent = (run) => { if (connection === this.#connection) run(); };
    const connection = new Connection(this.#options.iceServers ?? [], {
      step: (name) => this.#tell("step", { name }),
      session: (session) => this.#adopt(session),
      open: () => ifCurrent(() => this.#measure()),
      event: (event) => ifCurrent(() => this.#hear(event)),
      sound: (stream) => { this.#speaker.play(stream); },
      light: (name, light) => ifCurrent(() => this.#tell("light", { name, light })),
      lost: (why) => ifCurrent(() => this.#lose(why)),
    });
    this.#connection = connection;
    try {
      await connection.open(this.#keys.take({ mode: this.mode, conversation_id: this.conversationId }), this.#microphone);
      ifCurrent(() => this.#begin());
    } catch (error) {
      connection.close();
      if (connection !== this.#connection) return;
      this.#connection = null;
      throw error;
    }
  }

  /** @param {import("../types.js").SessionAnswer} session */
  #adopt(session) {
    if (this.session) hangUp(this.session.call_id).catch(() => {});
    this.session = session;
    this.conversationId = session.conversation_id;
    this.#log("app", "session.minted", { call_id: session.call_id, provider: session.provider, model: session.model });
  }

  #measure() {
    const { clickedAt } = this.#options;
    if (clickedAt === undefined || this.attempt > 0) return;
    const { duration } = performance.measure("vivavoce:connect", { start: clickedAt, end: performance.now() });
    this.#log("app", "channel.open", { milliseconds: Math.round(duration) });
  }

  /** Seed the session, let the microphone through, answer what waits for an answer. */
  #begin() {
    this.dialogue = { ...this.dialogue, sessionReady: true };
    for (const event of seedEvents(this.dialogue.turns)) this.send(event);
    this.#microphone?.hold(false);
    this.attempt = 0;
    this.#startHeartbeat();
    this.#tell("settled", { code: "engine-starting" });
    this.#tell("settled", { code: "offline" });
    this.#showActivity();
    if (this.#isReplyWanted) this.#requestReply();
  }

  /** @param {string} why */
  #lose(why) {
    if (!this.isLive) return;
    this.#log("app", "line.lost", { why });
    this.#connection?.close();
    this.#connection = null;
    this.#stopHeartbeat();
    this.#microphone?.hold(true);
    this.#take({ type: "app.lost" });
    this.#isReplyWanted = isReplyDue(this.dialogue.turns);
    this.#retry();
  }

  #retry() {
    this.attempt += 1;
    if (this.attempt > MAX_TRIES) return this.#finish("error", problem("connection-lost"));
    this.#setState("reconnecting");
    this.#timers.start("retry", pauseBefore(this.attempt), async () => {
      try {
        await this.#connect();
      } catch (error) {
        this.#log("app", "reconnect.failed", { reason: toProblem(error).code });
        if (this.isLive) this.#retry();
      }
    });
  }

  /** @param {import("../errors.js").Problem} why @param {number} tries */
  async #mayTryAgain(why, tries) {
    if (!this.isLive) return false;
    const isKeyOld = why.code === "key-refused" && tries === 1;
    const isStarting = why.code === "engine-starting" && tries < STARTING_TRIES;
    if (!isKeyOld && !isStarting) {
      this.#finish("error", why);
      return false;
    }
    if (isStarting) {
      this.#notice(why);
      await this.#timers.wait("starting", why.retryAfterMs ?? STARTING_PAUSE);
    }
    return this.state === "connecting";
  }

  // Events

  /** @param {RealtimeEvent|null} event */
  #hear(event) {
    if (!event) return this.#log("app", "event.unreadable", {});
    this.#log("server", event.type, event);
    this.#take(event);
    if (event.type === "response.created") this.#speaker.hush(false);
    if (event.type === "output_audio_buffer.cleared") this.#speaker.hush(true);
    if (event.type === "error" && event.error?.code === "conversation_already_has_active_response") this.#isReplyWanted = true;
    if (event.type === "error" && event.error?.code === "session_expired") this.#lose("the session expired");
    if (event.type === "response.done" && this.#isReplyWanted) this.#requestReply();
  }

  /** @param {RealtimeEvent} event */
  #take(event) {
    const before = this.dialogue;
    this.dialogue = reduce(before, event, Date.now());
    if (this.dialogue.problem && this.isLive) this.#notice(this.dialogue.problem);
    for (const turn of this.dialogue.turns) {
      const isNews = turn.final && turn.text && !turn.stored && !before.turns.includes(turn);
      if (isNews) this.#store.add(turn);
    }
    this.#tell("dialogue", {});
    if (this.#isReady && this.state !== "connecting" && this.state !== "reconnecting") this.#showActivity();
  }

  #requestReply() {
    if (this.dialogue.responseId) return; // asked for again at `response.done`
    this.#isReplyWanted = false;
    this.send({ type: "response.create" });
  }

  #showActivity() {
    this.#setState(activityOf(this.dialogue));
    this.#timers.stop("reply");
    const isWaiting = this.dialogue.awaitingSince !== null && !this.dialogue.responseId;
    if (isWaiting) this.#timers.start("reply", REPLY_PATIENCE, () => this.#take({ type: "app.waited" }));
  }

  // The rest

  #newMicrophone() {
    const microphone = new Microphone();
    microphone.mute(this.isMuted);
    microphone.addEventListener("track", () => {
      this.#connection?.setMicrophone(microphone.track);
      this.#tell("light", { name: "audio", light: "on" });
    });
    microphone.addEventListener("lost", () => {
      this.#tell("light", { name: "audio", light: "lost" });
      this.#notice(problem("microphone-lost"));
    });
    return microphone;
  }

  #startHeartbeat() {
    this.#stopHeartbeat();
    if (!this.session) return;
    const report = async () => ({ state: this.state, stats: await this.#connection?.stats() });
    this.#stopHeartbeat = startHeartbeat(this.session.call_id, report, {
      ended: (why) => this.end(why),
      soon: (what) => this.#notice(what),
    });
  }

  /** @param {"ended"|"error"} state @param {import("../errors.js").Problem|null} why */
  #finish(state, why) {
    this.#take({ type: "app.lost" });
    this.problem = why;
    this.endedAt = Date.now();
    this.#timers.stopAll();
    this.#stopHeartbeat();
    this.#connection?.close();
    this.#microphone?.stop();
    this.#speaker.stop();
    this.#connection = null;
    this.#microphone = null;
    this.#setState(state);
    this.#tell("light", { name: "webrtc", light: state === "error" ? "lost" : "off" });
    this.#tell("light", { name: "datachannel", light: "off" });
    this.#tell("light", { name: "audio", light: "off" });
    if (this.session) hangUp(this.session.call_id).catch(() => {});
    if (why) this.#notice(why);
  }

  /** @param {import("../types.js").Turn} turn @param {boolean} keepalive */
  #post(turn, keepalive) {
    const provider = this.session?.provider ?? "";
    if (!this.conversationId) return Promise.reject(problem("server-unreachable"));
    return postTurn(this.conversationId, turn, { mode: this.mode, provider, keepalive });
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
