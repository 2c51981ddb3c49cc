/** What is said in one call: follows the events, asks for replies, hands final turns to the server. It outlives single lines. */

import { postTurn } from "../api.js";
import { problem } from "../errors.js";
import { newItemId, typedMessage } from "./events.js";
import { activityOf, newDialogue, reduce } from "./reducer.js";
import { isReplyDue, seedEvents } from "./seed.js";
import { Timers } from "./timers.js";
import { TurnStore } from "./turn_store.js";
import { keepUnsent } from "./unsent.js";

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").Turn} Turn */

/**
 * @typedef {object} ConversationEvents
 * @property {(event: RealtimeEvent) => boolean} send  whether it was sent
 * @property {() => {mode: string, provider: string}} origin  of the turns
 * @property {() => void} change  of the dialogue
 * @property {(what: import("../errors.js").Problem) => void} notice
 * @property {(turn: Turn, html: string) => void} stored
 * @property {(turn: Turn, error: unknown) => void} refused
 */

/** A reply that does not begin within this time is not waited for any longer, milliseconds. */
const REPLY_PATIENCE = 15_000;

export class Conversation {
  #events;
  #store;
  #isReplyWanted = false;
  #timers = new Timers();

  /** @param {string|null} id  null until the server has given it one @param {Turn[]} history @param {ConversationEvents} events */
  constructor(id, history, events) {
    this.id = id;
    this.dialogue = newDialogue(history);
    this.#events = events;
    this.#store = new TurnStore((turn, keepalive) => this.#post(turn, keepalive), {
      stored: events.stored,
      late: () => events.notice(problem("turns-waiting")),
      refused: events.refused,
    });
  }

  /** Whether a turn still waits to be stored. */
  get hasUnsent() {
    return !this.#store.isEmpty;
  }

  get activity() {
    return activityOf(this.dialogue);
  }

  /** A session listens: tell it what was said before, and ask for the reply that is due. */
  begin() {
    this.dialogue = { ...this.dialogue, sessionReady: true };
    for (const event of seedEvents(this.dialogue.turns)) this.#events.send(event);
    this.#watchForReply();
    if (this.#isReplyWanted) this.#requestReply();
  }

  /** @param {RealtimeEvent} event  of the server */
  hear(event) {
    this.#take(event);
    if (event.type === "error" && event.error?.code === "conversation_already_has_active_response") this.#isReplyWanted = true;
    if (event.type === "response.done" && this.#isReplyWanted) this.#requestReply();
  }

  /** @param {string} text @param {boolean} isReady  else the seed carries it @returns {string} the id of its item */
  type(text, isReady) {
    const itemId = newItemId();
    this.#take({ type: "app.typed", item_id: itemId, text });
    this.#isReplyWanted = true;
    if (isReady && this.#events.send(typedMessage(itemId, text))) this.#requestReply();
    return itemId;
  }

  /** The person wants to hear no more of the reply. */
  interrupt() {
    if (this.dialogue.responseId) this.#events.send({ type: "response.cancel" });
    this.#events.send({ type: "output_audio_buffer.clear" });
    this.#take({ type: "app.waited" });
  }

  /** The session is gone. What was heard stays; an answer that is missing is asked for in the next one. */
  lose() {
    this.#timers.stopAll();
    this.#take({ type: "app.lost" });
    this.#isReplyWanted = isReplyDue(this.dialogue.turns);
  }

  /** The page goes away: send what waits, and keep it in the tab. */
  leave() {
    const turns = this.#store.flush();
    if (this.id) keepUnsent(this.id, turns, this.#events.origin());
  }

  /** @param {RealtimeEvent} event */
  #take(event) {
    const before = this.dialogue;
    this.dialogue = reduce(before, event, Date.now());
    if (this.dialogue.problem) this.#events.notice(this.dialogue.problem);
    for (const turn of this.dialogue.turns) {
      const isNews = turn.final && turn.text && !turn.stored && !before.turns.includes(turn);
      if (isNews) this.#store.add(turn);
    }
    this.#events.change();
    this.#watchForReply();
  }

  #requestReply() {
    if (this.dialogue.responseId) return; // asked for again at `response.done`
    this.#isReplyWanted = false;
    this.#events.send({ type: "response.create" });
  }

  #watchForReply() {
    this.#timers.stop("reply");
    const isWaiting = this.dialogue.sessionReady && this.dialogue.awaitingSince !== null && !this.dialogue.responseId;
    if (isWaiting) this.#timers.start("reply", REPLY_PATIENCE, () => this.#take({ type: "app.waited" }));
  }

  /** @param {Turn} turn @param {boolean} keepalive */
  #post(turn, keepalive) {
    if (!this.id) return Promise.reject(problem("server-unreachable"));
    return postTurn(this.id, turn, { ...this.#events.origin(), keepalive });
  }
}
