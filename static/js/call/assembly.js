/** The parts of a call, and what each tells the others. */

import { Sound } from "../audio/sound.js";
import { problem } from "../errors.js";
import { Conversation } from "./conversation.js";
import { CurrentMode } from "./current_mode.js";
import { KeyRing } from "./key_ring.js";
import { Lifeline } from "./lifeline.js";
import { Purse } from "./purse.js";
import { soundOf } from "./sound_place.js";
import { Tools } from "./tools.js";
import { wishesIn } from "./wishes.js";

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

/**
 * @typedef {object} Parts
 * @property {Conversation} conversation
 * @property {Lifeline} line
 * @property {Sound} sound
 * @property {CurrentMode} mode
 * @property {Tools} tools
 * @property {Purse} purse
 * @property {(event: RealtimeEvent) => boolean} send  whether it was sent
 */

/**
 * What the call makes of what its parts tell.
 * @typedef {object} CallNews
 * @property {(name: string, detail: unknown) => void} tell  the page
 * @property {(direction: "client"|"app", type: string, detail: object) => void} log
 * @property {(what: import("../errors.js").Problem) => void} notice
 * @property {() => string} state
 * @property {() => void} change  of the dialogue
 * @property {(event: RealtimeEvent|null) => void} event  of the provider
 * @property {(session: import("../types.js").SessionAnswer) => void} session
 * @property {() => void} open  the data channel is
 * @property {() => void} ready  the session listens
 * @property {() => void} retry  another attempt to reconnect begins
 * @property {(why: import("../errors.js").Problem) => void} failed  for good
 * @property {(why: import("../errors.js").Problem) => void} ended  by the server
 */

/**
 * @param {import("../types.js").CallOptions} options
 * @param {CallNews} news
 * @returns {Parts}
 */
export function assemble(options, news) {
  const { conversationId = null, history = [], iceServers = [], keys = new KeyRing(), mode = "native", muted = false, settings = {} } = options;
  /** @param {import("../types.js").Light} light */
  const soundLight = (light) => news.tell("light", { name: "audio", light });

  /** @param {RealtimeEvent} event */
  const send = (event) => {
    const isSent = parts.line.send(event);
    news.log("client", event.type, isSent ? event : { ...event, not_sent: true });
    return isSent;
  };

  const conversation = new Conversation(conversationId, history, {
    send,
    origin: (turn) => ({
      mode: parts.mode.name, provider: parts.line.session?.provider ?? "",
      sound: soundOf(turn, {
        isTyped: conversation.isTyped(turn.itemId), mode: parts.mode.name, transport: parts.line.transport,
        hearing: parts.mode.hearing, voicing: parts.mode.voicing,
      }),
    }),
    change: news.change,
    notice: news.notice,
    stored: (turn, html) => news.tell("stored", { turn, html }),
    caughtUp: () => news.tell("settled", { code: "turns-waiting" }),
    refused: (turn, error) => {
      news.log("app", "turn.refused", { item_id: turn.itemId, reason: String(error) });
      news.notice(problem("turns-refused"));
    },
  });
  const sound = new Sound(muted, {
    track: (track) => parts.line.setMicrophone(track),
    light: soundLight,
    notice: news.notice,
    settled: (code) => news.tell("settled", { code }),
  });
  const line = new Lifeline({
    iceServers,
    keys,
    plan: () => parts.mode.planFor(),
    microphone: () => sound.microphone,
    state: news.state,
  }, {
    step: (name) => news.tell("step", { name }),
    light: (name, light) => news.tell("light", { name, light }),
    sound: (stream) => parts.mode.play(stream),
    event: news.event,
    session: news.session,
    open: news.open,
    ready: news.ready,
    lost: () => parts.mode.lose(),
    retry: news.retry,
    failed: news.failed,
    ended: news.ended,
    level: () => sound.speaker.level(),
    notice: news.notice,
    beat: (callId, tally) => purse.take(callId, tally),
    log: (type, detail) => news.log("app", type, detail),
  });
  const tools = new Tools({ conversation, send, session: () => line.session, show: (call) => news.tell("tool", call) });
  const purse = new Purse({
    callId: () => line.session?.call_id ?? null,
    change: () => news.tell("cost", {}),
    notice: news.notice,
    land: (landing) => parts.mode.switchTo(landing === "text" ? { mode: "text" } : {}),
  });
  /** @type {Parts} */
  const parts = { conversation, line, sound, send, tools, purse, mode: new CurrentMode(mode, settings, {
    line,
    wishes: wishesIn(options),
    host: (current) => ({
      conversation, sound, send, settings: current, notice: news.notice, light: soundLight, change: () => news.tell("state", {}),
    }),
    switched: (from, to) => news.log("app", "line.exchanged", { from, to }),
  }) };
  return parts;
}
