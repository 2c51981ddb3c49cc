/** What is said in one call: follows the events, asks for replies, hands final turns to the server. It outlives single lines. */

import { problem } from "../errors.js";
import { cutEvents, revisionEvents } from "./corrections.js";
import { deletionOf, messageItem, newItemId } from "./events.js";
import { activityOf, newDialogue, reduce } from "./reducer.js";
import { Requests } from "./requests.js";
import { isReplyDue, seedEvents } from "./seed.js";
import { Timers } from "./timers.js";
import { seedIdOf } from "./turn_list.js";
import { outbox } from "./unsent.js";

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").Turn} Turn */

/**
 * @typedef {object} ConversationEvents
 * @property {(event: RealtimeEvent) => boolean} send  whether it was sent
 * @property {(turn: Turn) => import("./outbox.js").Origin} origin  of a turn
 * @property {() => void} change  of the dialogue
 * @property {(what: import("../errors.js").Problem) => void} notice
 * @property {(turn: Turn, html: string) => void} stored
 * @property {() => void} caughtUp  no turn waits any more to be stored
 * @property {(turn: Turn, error: unknown) => void} refused
 */

/** A reply that does not begin within this time is not waited for any longer, milliseconds. */
const REPLY_PATIENCE = 15_000;

export class Conversation {
  #events;
  #thread;
  #requests;
  #timers = new Timers();
  /** Items that nobody spoke. @type {Set<string>} */
  #typed = new Set();
  /** Replies that were taken back; what the provider still makes of them is deleted there. @type {Set<string>} */
  #withdrawn = new Set();

  /** @param {string|null} id  null until the server has given it one @param {Turn[]} history @param {ConversationEvents} events */
  constructor(id, history, events) {
    this.dialogue = newDialogue(history);
    this.#events = events;
    this.#requests = new Requests(events.send, (responseId, isWanted) => this.#cut(responseId, 0, isWanted));
    this.#thread = outbox.thread(id, history, { ...events, late: () => events.notice(problem("turns-waiting")) });
  }

  get id() {
    return this.#thread.id;
  }

  set id(id) {
    this.#thread.id = id;
  }

  get activity() {
    return activityOf(this.dialogue);
  }

  /**
   * A session listens: tell it what was said before, and ask for the reply that is due.
   * @param {string|null} greeting  how to speak first where nothing was said yet; null: do not
   */
  begin(greeting) {
    const turns = this.dialogue.turns.map((turn) => (turn.providerId === seedIdOf(turn) ? turn : { ...turn, providerId: seedIdOf(turn) }));
    this.dialogue = { ...this.dialogue, turns, sessionReady: true };
    for (const event of seedEvents(turns)) this.#events.send(event);
    this.#requests.open();
    if (greeting && !turns.length) this.#requests.ask({ instructions: greeting });
    this.#watchForReply();
  }

  /** @param {RealtimeEvent} event  of the provider */
  hear(event) {
    this.take(event);
    if (event.type === "response.output_item.added" && this.#withdrawn.has(event.response_id)) this.#requests.correct([deletionOf(event.item?.id)]);
    this.#requests.hear(event);
  }

  /** @param {RealtimeEvent} event  of the provider, or the page's own (reducer_page.js) */
  take(event) {
    const before = this.dialogue;
    this.dialogue = reduce(before, event, Date.now());
    if (this.dialogue.problem) this.#events.notice(this.dialogue.problem);
    for (const turn of this.dialogue.turns) {
      const isNews = turn.final && turn.text && !turn.stored && !before.turns.includes(turn);
      if (isNews) this.#thread.add(turn, this.#events.origin(turn));
    }
    this.#events.change();
    this.#watchForReply();
  }

  /** @param {string} itemId */
  isTyped(itemId) {
    return this.#typed.has(itemId);
  }

  /** @param {string} text @returns {string} the id of its item */
  type(text) {
    const itemId = newItemId();
    this.#typed.add(itemId);
    this.take({ type: "app.typed", item_id: itemId, text });
    this.#put(itemId, text);
    return itemId;
  }

  /**
   * Somebody has spoken, and the page had it written down (`app.speech.began` opened the turn).
   * @param {string} itemId
   * @param {string} text  "": there was nothing in it
   * @param {string} before  what the provider knows of this turn already
   */
  say(itemId, text, before) {
    const turn = this.dialogue.turns.find((each) => each.itemId === itemId);
    if (before && before !== text && turn) {
      const providerId = newItemId();
      this.take({ type: "app.speech.said", item_id: itemId, text, provider_id: providerId });
      this.#requests.correct(revisionEvents([turn], providerId, text));
      this.#requests.ask();
    } else {
      this.take({ type: "app.speech.said", item_id: itemId, text });
      if (before) this.#requests.ask();
      else if (text) this.#put(itemId, text);
    }
  }

  /** The model has what it called for, and speaks about it. */
  goOn() {
    this.take({ type: "app.tools.ended", is_asked: true });
    this.#requests.ask();
  }

  /** The model says something that nobody asked it. @param {object} how  the response's own configuration */
  sayMeanwhile(how) {
    this.take({ type: "app.asked" });
    this.#requests.ask(how);
  }

  /** @param {RealtimeEvent[]} events  that change what the provider remembers */
  correct(events) {
    this.#requests.correct(events);
  }

  /** The talk button was let go: the provider has the words. */
  commit() {
    this.take({ type: "app.released" });
    this.#events.send({ type: "input_audio_buffer.commit" });
    this.#requests.ask();
  }

  /** No reply is wanted now; the provider knows by itself what was heard. */
  cancel() {
    this.#requests.cancel();
    this.take({ type: "app.waited" });
  }

  /** A reply that our own voice speaks ends after so much of its sound, and the provider is told. @param {string} responseId @param {number} ms */
  cut(responseId, ms) {
    if (this.dialogue.responseId === responseId) this.#requests.cancel();
    this.#cut(responseId, ms);
  }

  /** One's own words were others: what came after them is taken back, and they are answered anew. @param {string} itemId @param {string} text */
  revise(itemId, text) {
    const { turns, responseId } = this.dialogue;
    const changed = turns.slice(turns.findIndex((turn) => turn.itemId === itemId));
    if (changed[0]?.itemId !== itemId) return;
    const providerId = newItemId();
    this.#requests.cancel();
    if (responseId) this.#withdrawn.add(responseId);
    this.take({ type: "app.revised", item_id: itemId, text, provider_id: providerId });
    for (const turn of changed.slice(1)) this.#thread.withdraw(turn, this.#events.origin(turn));
    this.#requests.correct(revisionEvents(changed, providerId, text));
    this.#requests.ask();
  }

  /** The session is gone. What was heard stays; an answer that is missing is asked for in the next one. */
  lose() {
    this.#timers.stopAll();
    this.take({ type: "app.lost" });
    this.#requests.close(isReplyDue(this.dialogue.turns));
    this.#withdrawn.clear();
  }

  /** @param {string} itemId @param {string} text */
  #put(itemId, text) {
    if (this.dialogue.sessionReady) this.#events.send(messageItem(itemId, "user", text)); // else the seed carries it
    this.#requests.ask();
  }

  /** @param {string} responseId @param {number} ms @param {boolean} [isAsked]  another one is waited for */
  #cut(responseId, ms, isAsked = false) {
    const turn = this.dialogue.turns.findLast((each) => each.responseId === responseId);
    const providerId = newItemId();
    this.#withdrawn.add(responseId);
    this.take({ type: "app.reply.cut", response_id: responseId, ms, provider_id: providerId, is_asked: isAsked });
    const heard = this.dialogue.turns.find((each) => each.itemId === turn?.itemId);
    if (turn) this.#requests.correct(cutEvents(turn.providerId, providerId, heard?.text ?? ""));
  }

  #watchForReply() {
    this.#timers.stop("reply");
    const isWaiting = this.dialogue.sessionReady && this.dialogue.awaitingSince !== null && !this.dialogue.responseId;
    if (isWaiting) this.#timers.start("reply", REPLY_PATIENCE, () => { this.#requests.giveUp(); this.take({ type: "app.waited" }); });
  }
}
