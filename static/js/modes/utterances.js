/** In text mode: what the page heard becomes turns of the user. */

import { newItemId } from "../call/events.js";

/** Between words of these scripts there is no space. */
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}。、！？]$/u;

export class Utterances {
  #conversation;
  #interrupt;
  /** The one that is being spoken. @type {{itemId: string, before: string}|null} */
  #current = null;
  /** The last one that was answered, or is to be. */
  #lastId = "";

  /** @param {import("../call/conversation.js").Conversation} conversation @param {() => void} interrupt  the reply */
  constructor(conversation, interrupt) {
    this.#conversation = conversation;
    this.#interrupt = interrupt;
  }

  /** Somebody speaks: the reply ends. Before it was heard, this goes on with the last turn. */
  began() {
    const isReplyDue = ["thinking", "speaking"].includes(this.#conversation.activity);
    if (isReplyDue) this.#interrupt();
    const last = this.#conversation.dialogue.turns.at(-1);
    const goesOn = isReplyDue && last?.final && last.itemId === this.#lastId;
    this.#current = goesOn ? { itemId: last.itemId, before: last.text } : { itemId: newItemId(), before: "" };
    this.#conversation.take({ type: "app.speech.began", item_id: this.#current.itemId });
  }

  /** @param {string} text  so far */
  words(text) {
    if (!this.#current) this.began();
    const { itemId, before } = /** @type {{itemId: string, before: string}} */ (this.#current);
    this.#conversation.take({ type: "app.speech.words", item_id: itemId, text: joined(before, text) });
  }

  /** @param {string} text  all of it; "": there was nothing in it */
  said(text) {
    if (!this.#current && !text) return;
    if (!this.#current) this.began();
    const { itemId, before } = /** @type {{itemId: string, before: string}} */ (this.#current);
    this.#current = null;
    this.#lastId = itemId;
    this.#conversation.say(itemId, joined(before, text), before);
  }
}

/**
 * What was said before and after a pause, as one. Pure.
 * @param {string} before
 * @param {string} after
 */
export function joined(before, after) {
  if (!before || !after) return before || after;
  return before + (SPACELESS.test(before) ? "" : " ") + after;
}
