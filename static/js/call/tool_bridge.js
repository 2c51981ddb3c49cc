/** What the assistant says while a tool is at work, so that nobody wonders: an ordinary short reply that the model makes. */

import { ASK_ID } from "./requests.js";
import { Timers } from "./timers.js";

/** After so long silence sounds like a fault, milliseconds. */
const PATIENCE = 2_000;

/** Between two looks whether there is a gap to say it, milliseconds. */
const PAUSE = 500;

const MOMENT = "You are waiting for a tool. Say in one short sentence, in the language of the conversation, that it takes a moment. Say nothing else.";

/** @param {string} title */
const permission = (title) => `You want to use the tool “${title}”, and the person has to allow it with the button on the screen. `
  + "Ask them for that in one short sentence, in the language of the conversation. Say nothing else.";

export class ToolBridge {
  #conversation;
  #timers = new Timers();
  /** It was said, or is about to be; once is enough. */
  #isSaid = false;
  /** The reply that begins next is ours. */
  #isAwaited = false;

  /** @param {import("./conversation.js").Conversation} conversation */
  constructor(conversation) {
    this.#conversation = conversation;
  }

  /** A tool is at work. */
  start() {
    if (!this.#isSaid) this.#timers.start("moment", PATIENCE, () => this.#say("moment", MOMENT));
  }

  /** A tool waits for the person, who may not look at the screen. @param {string} title */
  askFor(title) {
    this.#say("permission", permission(title));
  }

  /** No tool is at work any more, or what was to be said is not true any more. */
  stop() {
    this.#timers.stopAll();
    this.#isSaid = false;
  }

  /** Whether the reply that begins now is the one that was asked for here. */
  isOwn() {
    const isOwn = this.#isAwaited;
    this.#isAwaited = false;
    return isOwn;
  }

  /** A server may refuse a reply of this kind; then nobody waits for it. @param {{event_id?: string}} [error] */
  hearRefusal(error) {
    if (!this.#isAwaited || !error?.event_id?.startsWith(ASK_ID)) return;
    this.#isAwaited = false;
    this.#conversation.take({ type: "app.waited" });
  }

  /** @param {"moment"|"permission"} what @param {string} instructions */
  #say(what, instructions) {
    const { userSpeaking, isTalking, responseId, awaitingSince, playingId, voicedId } = this.#conversation.dialogue;
    if (userSpeaking || isTalking || responseId || awaitingSince !== null || playingId || voicedId) {
      this.#timers.start(what, PAUSE, () => this.#say(what, instructions));
      return;
    }
    this.#timers.stopAll();
    this.#isSaid = this.#isAwaited = true;
    this.#conversation.sayMeanwhile({ instructions, tool_choice: "none" });
  }
}
