/** The calls of this page, several at once, and what `window.vivavoce` offers to page scripts. */

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("../types.js").CallOptions} CallOptions */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {{type: string, sessionId: string, session: Session, detail: unknown}} News */

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
  /** Calls that are over, with turns that are still on their way. @type {Set<Call>} */
  #unsent = new Set();
  #defaults;

  /** @param {Partial<CallOptions> & {iceServers?: RTCIceServer[]}} defaults  of every call */
  constructor(defaults) {
    this.#defaults = defaults;
  }

  get sessions() {
    return [...this.#open.values()].map(({ session }) => session);
  }

  /** @param {string} id */
  getSessionById(id) {
    return this.#open.get(id)?.session;
  }

  /**
   * Start a call with a conversation of its own, and wait until it listens.
   * @param {CallOptions} [options]
   * @returns {Promise<Session>}
   * @throws {import("../errors.js").Problem} if it does not come about
   */
  async startSession(options = {}) {
    const call = await this.createCall(options);
    const session = this.#open.get(call.id)?.session ?? new Session(call);
    await call.start();
    if (!call.isLive) throw call.problem ?? new Error("the call ended before it began");
    return session;
  }

  /** @param {string} id */
  closeSession(id) {
    this.#open.get(id)?.call.end();
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
    const call = new Call({ ...this.#defaults, ...options });
    const session = new Session(call);
    this.#open.set(call.id, { call, session });
    for (const type of NEWS) {
      call.addEventListener(type, (event) => this.#tell(type, session, /** @type {CustomEvent} */ (event).detail));
    }
    call.addEventListener("state", () => { if (call.state === "ended" || call.state === "error") this.#forget(call); });
    call.addEventListener("stored", () => { if (!call.hasUnsent) this.#unsent.delete(call); });
    return call;
  }

  /** The page goes away. */
  leave() {
    for (const { call } of [...this.#open.values()]) call.leave();
    for (const call of this.#unsent) call.leave();
  }

  /** @param {Call} call */
  #forget(call) {
    const session = this.#open.get(call.id)?.session;
    this.#open.delete(call.id);
    if (call.hasUnsent) this.#unsent.add(call);
    if (session) this.#tell("closed", session, null);
  }

  /** @param {string} type @param {Session} session @param {unknown} detail */
  #tell(type, session, detail) {
    for (const listener of this.#listeners) listener({ type, sessionId: session.id, session, detail });
  }
}
