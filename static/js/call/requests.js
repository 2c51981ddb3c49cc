/**
 * What is asked of a provider that makes one reply at a time: replies, one after the other,
 * and corrections of what it remembers, which have to wait until no reply is being made.
 */

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

/** Begins the id of an event that asks for a reply. */
export const ASK_ID = "ask_";

export class Requests {
  #send;
  #onUnwanted;
  #isOpen = false;
  #isWanted = false;
  /** Of the next reply. @type {object|undefined} */
  #how;
  /** The event that asked for a reply which is not there yet. @type {string|null} */
  #askedId = null;
  /** What was asked for is not wanted any more. */
  #isUnwanted = false;
  /** @type {string|null} */
  #activeId = null;
  #isCancelled = false;
  /** @type {RealtimeEvent[]} */
  #corrections = [];

  /**
   * @param {(event: RealtimeEvent) => boolean} send
   * @param {(responseId: string, isWanted: boolean) => void} onUnwanted  a reply begins that was cancelled before it began; another one may be wanted
   */
  constructor(send, onUnwanted) {
    this.#send = send;
    this.#onUnwanted = onUnwanted;
  }

  /** A session that was told all listens. */
  open() {
    this.#isOpen = true;
    this.#proceed();
  }

  /** The session is gone; the next one is told what is true then. @param {boolean} isReplyDue  it is to be asked for in the next one */
  close(isReplyDue) {
    this.#isOpen = false;
    this.#isWanted = isReplyDue;
    this.#how = undefined;
    this.#askedId = this.#activeId = null;
    this.#isUnwanted = false;
    this.#corrections = [];
  }

  /** @param {object} [how]  the response's own configuration */
  ask(how) {
    this.#isWanted = true;
    this.#how = how;
    this.#proceed();
  }

  /** @param {RealtimeEvent[]} events */
  correct(events) {
    if (!this.#isOpen) return; // the seed says it
    this.#corrections.push(...events);
    this.#proceed();
  }

  /** No reply is wanted, neither the one that is being made nor one that was asked for. */
  cancel() {
    this.#isWanted = false;
    if (this.#activeId) this.#stop();
    else this.#isUnwanted = this.#askedId !== null;
  }

  /** What was asked for does not come. */
  giveUp() {
    this.#askedId = null;
    this.#isUnwanted = false;
    this.#proceed();
  }

  /** @param {RealtimeEvent} event  of the provider */
  hear({ type, response, error }) {
    if (response?.conversation_id === null) return; // outside the conversation
    if (type === "response.created") this.#begin(response?.id ?? "unknown");
    if (type === "response.done") this.#end(response?.id);
    if (type === "error" && error?.code === "conversation_already_has_active_response") {
      this.#isWanted = !this.#isUnwanted;
      this.#isUnwanted = false;
      this.#askedId = null;
    }
    if (type === "error" && this.#askedId && error?.event_id === this.#askedId) this.giveUp();
  }

  /** @param {string} responseId */
  #begin(responseId) {
    this.#askedId = null;
    this.#activeId = responseId;
    this.#isCancelled = false;
    if (!this.#isUnwanted) return;
    this.#isUnwanted = false;
    this.#stop();
    this.#onUnwanted(responseId, this.#isWanted);
  }

  #stop() {
    if (!this.#isCancelled) this.#isCancelled = this.#send({ type: "response.cancel" });
  }

  /** @param {string} [responseId] */
  #end(responseId) {
    // The end of an older reply, told late, does not end the one that is being made.
    if (responseId && this.#activeId && this.#activeId !== "unknown" && this.#activeId !== responseId) return;
    this.#activeId = null;
    this.#proceed();
  }

  #proceed() {
    if (!this.#isOpen || this.#activeId || this.#askedId) return;
    for (const event of this.#corrections.splice(0)) this.#send(event);
    if (!this.#isWanted) return;
    this.#isWanted = false;
    this.#askedId = ASK_ID + crypto.randomUUID();
    this.#send({ type: "response.create", event_id: this.#askedId, ...(this.#how && { response: this.#how }) });
    this.#how = undefined;
  }
}
