/**
 * One tab of the page: a conversation, its call while there is one, and what is special about its calls.
 * Tells the events of its call, and keeps of them what a look at this tab must show.
 */

/** @typedef {import("../call/call.js").Call} Call */

/** The newest events that are kept for the log. */
const LOGGED = 500;

export class Tab extends EventTarget {
  /** @type {Call|null} */
  call = null;
  /** What a live call is about to change over to. @type {string|null} */
  switchingTo = null;
  /** The call that is being made ready. @type {Promise<void>|null} */
  starting = null;
  /** What was typed into the composer and not sent. */
  draft = "";
  /** Problems that are not over. @type {Map<string, import("../errors.js").Problem>} */
  notices = new Map();
  /** @type {Record<string, import("../types.js").Light>} */
  lights = {};
  /** @type {import("../types.js").LogEntry[]} */
  log = [];
  #passOn;

  /**
   * @param {{conversationId?: string|null, mode: string, wishes?: import("../types.js").SessionWishes, room: HTMLElement}} page
   *   mode: of the next call; room: where its turns are shown
   * @param {(tab: Tab, name: string, detail: unknown) => void} passOn
   */
  constructor({ conversationId = null, mode, wishes = {}, room }, passOn) {
    super();
    this.conversationId = conversationId;
    this.nextMode = mode;
    this.wishes = wishes;
    this.room = room;
    this.#passOn = passOn;
  }

  get state() { return this.call?.state ?? "idle"; }
  get isLive() { return this.call?.isLive ?? false; }
  /** Of the live call, or of the next one. */
  get mode() { return this.switchingTo ?? (this.isLive && this.call?.mode || this.nextMode); }

  /** A voice belongs to the mode for which it was chosen. @param {string} mode */
  changeMode(mode) {
    if (mode !== this.nextMode) this.wishes = { ...this.wishes, voice: undefined };
    this.nextMode = mode;
  }

  /** @param {string} name @param {any} detail */
  tell(name, detail) {
    if (name === "light") this.lights[detail.name] = detail.light;
    if (name === "notice") this.notices.set(detail.code, detail);
    if (name === "settled") this.notices.delete(detail.code);
    if (name === "log" && this.log.push(detail) > LOGGED) this.log.shift();
    this.dispatchEvent(new CustomEvent(name, { detail }));
    this.#passOn(this, name, detail);
  }
}
