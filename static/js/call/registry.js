/** The calls of this page, several at once, and what `window.vivavoce` offers to page scripts. */

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("../types.js").CallOptions} CallOptions */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {{type: string, sessionId: string, session: Session, detail: unknown}} News */

/**
 * @typedef {object} Host  the page in which the calls are
 * @property {() => Partial<CallOptions>} defaults
 * @property {(conversationId: string|null) => Promise<import("../types.js").Turn[]>} recall  what was said in it
 * @property {(call: Call, options: CallOptions) => Promise<void>} take  show a call that a script starts
 * @property {(call: Call) => void} show  bring it to the front
 * @property {(call: Call) => void} drop  show it no longer
 */

/** What scripts see of a call. It follows the call; what it gives out are copies. */
export class Session {
  #call;

  /** @param {Call} call */
  constructor(call) {
    this.#call = call;
  }

  get id() { return this.#call.id; }
  get callId() { return this.#call.session?.call_id ?? null; }
  get conversationId() { return this.#call.conversationId; }
  get state() { return this.#call.state; }
  get mode() { return this.#call.mode; }
  get transport() { return this.#call.transport; }
  get provider() { return this.#call.session?.provider ?? null; }
  get model() { return this.#call.session?.model ?? null; }
  get isMuted() { return this.#call.isMuted; }
  /** Whether one speaks to it: at most one session hears. */
  get hasMicrophone() { return this.#call.isLive && this.#call.hasMicrophone && !this.#call.isMuted; }
  /** When the person was last heard: performance.now(), or null. */
  get lastLoudAt() { return this.#call.lastLoudAt; }
  get startedAt() { return this.#call.startedAt; }

  get turns() {
    return this.#call.dialogue.turns.map(({ itemId, role, text, final, interrupted, startedAt }) =>
      ({ itemId, role, text, final, interrupted, startedAt }));
  }
}

/** What a listener hears of, besides `closed`. */
const NEWS = ["state", "dialogue", "log", "notice", "stored"];

export class Registry {
  /** @type {Map<string, {call: Call, session: Session}>} */
  #open = new Map();
  /** @type {Set<(news: News) => void>} */
  #listeners = new Set();
  #host;

  /** @param {() => Host} host */
  constructor(host) {
    this.#host = host;
  }

  get sessions() {
    return [...this.#open.values()].map(({ session }) => session);
  }

  /** @param {string} id */
  getSessionById(id) {
    return this.#open.get(id)?.session;
  }

  /**
   * Start a call with a conversation of its own, and wait until it listens. It comes to the front, and the
   * microphone with it, unless it wants none and somebody talks to another one.
   * @param {CallOptions} [options]
   * @returns {Promise<Session>}
   * @throws {import("../errors.js").Problem} if it does not come about
   */
  async startSession(options = {}) {
    const history = options.history ?? (await this.#host().recall(options.conversationId ?? null));
    const call = await this.createCall({ ...options, history });
    const session = this.#open.get(call.id)?.session ?? new Session(call);
    await this.#host().take(call, options);
    await call.start();
    if (!call.isLive) throw call.problem ?? new Error("the call ended before it began");
    return session;
  }

  /** Speak to this one from now on, and look at it. @param {string} id */
  showSession(id) {
    const open = this.#open.get(id);
    if (open) this.#host().show(open.call);
  }

  /** End its call, and close its tab unless it is the only one. @param {string} id */
  closeSession(id) {
    const open = this.#open.get(id);
    open?.call.end();
    if (open) this.#host().drop(open.call);
  }

  /** @param {string} id @param {string} text @returns {string|undefined} the id of the turn */
  sendTextMessage(id, text) {
    return this.#open.get(id)?.call.sendText(text);
  }

  /** @param {string} id @param {RealtimeEvent} event @returns {boolean} whether it was sent */
  sendClientEvent(id, event) {
    return this.#open.get(id)?.call.send(event) ?? false;
  }

  /** @param {(news: News) => void} listener @returns {() => void} stops it */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For the page itself: a call that is not started yet. @param {CallOptions} options */
  async createCall(options) {
    const { Call } = await import("./call.js");
    const call = new Call({ ...this.#host().defaults(), ...options });
    const session = new Session(call);
    this.#open.set(call.id, { call, session });
    for (const type of NEWS) {
      call.addEventListener(type, (event) => this.#tell(type, session, /** @type {CustomEvent} */ (event).detail));
    }
    call.addEventListener("state", () => { if (call.state === "ended" || call.state === "error") this.#forget(call); });
    return call;
  }

  /** The page goes away. */
  leave() {
    for (const { call } of [...this.#open.values()]) call.end();
  }

  /** @param {Call} call */
  #forget(call) {
    const session = this.#open.get(call.id)?.session;
    this.#open.delete(call.id);
    if (session) this.#tell("closed", session, null);
  }

  /** @param {string} type @param {Session} session @param {unknown} detail */
  #tell(type, session, detail) {
    for (const listener of this.#listeners) listener({ type, sessionId: session.id, session, detail });
  }
}
