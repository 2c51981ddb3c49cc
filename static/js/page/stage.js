/**
 * What the page shows: the tab in front, and the way of every behaviour to its call.
 * Tells that call's events, `levels` {input, output} 30 times a second while it is live, `settings` (what changed),
 * `tabs` (others are there now) and `front` {before} (another tab is shown; then all else that may look different).
 */

import { Tab } from "./tab.js";

/** @typedef {import("../call/call.js").Call} Call */
/** @typedef {import("../call/registry.js").Registry} Registry */
/** @typedef {import("../types.js").CallOptions} CallOptions */
/** @typedef {import("../types.js").PageSettings} PageSettings */
/** @typedef {import("../types.js").SettingChanges} SettingChanges */

export class Stage extends EventTarget {
  /** What the person wants; a call that is not in front hears nothing anyway. */
  isMuted = false;
  /** As they are now; what is missing has its default. @type {Partial<PageSettings>} */
  settings;
  /** In the order in which they were opened. @type {Tab[]} */
  tabs = [];
  /** In front. @type {Tab} */
  tab;

  #registry;
  /** @type {Promise<typeof import("./during_call.js")>|null} */
  #loading = null;
  #iceServers;

  /** @param {Registry} registry @param {ConstructorParameters<typeof Tab>[0] & {iceServers: RTCIceServer[], settings: Partial<PageSettings>}} page */
  constructor(registry, { iceServers, settings, ...first }) {
    super();
    this.#registry = registry;
    this.#iceServers = iceServers;
    this.settings = settings;
    this.tab = this.addTab(first);
  }

  get call() { return this.tab.call; }
  get conversationId() { return this.tab.conversationId; }
  get state() { return this.tab.state; }
  get isLive() { return this.tab.isLive; }
  get mode() { return this.tab.mode; }
  get switchingTo() { return this.tab.switchingTo; }

  /** When one is heard: always, while a button is held, or between two taps on it. */
  get talk() {
    return this.settings.talk ?? "open";
  }

  /** Behind the others. @param {ConstructorParameters<typeof Tab>[0]} page */
  addTab(page) {
    const tab = new Tab(page, (from, name, detail) => { if (from === this.tab) this.tell(name, detail); });
    this.tabs.push(tab);
    return tab;
  }

  /** Fetch what a call needs, once. */
  load() {
    this.#loading ??= import("./during_call.js").then(async (loaded) => {
      await loaded.mountDuringCall(this);
      return loaded;
    });
    this.#loading.catch(() => { this.#loading = null; }); // the tap will ask again
    return this.#loading;
  }

  /** Somebody is about to tap: fetch the key and build the line now. */
  async prepare() {
    const { prepareCall } = await this.load();
    const { isLive, starting, nextMode, conversationId, wishes } = this.tab;
    if (!isLive && !starting) prepareCall({ mode: nextMode, conversationId, ...wishes }, this.#iceServers, this.settings.transport);
  }

  /** Start a call; while one is live this takes the microphone into it. @param {{microphone?: boolean}} [how] */
  async start({ microphone = true } = {}) {
    const { tab } = this;
    if (tab.isLive) {
      if (microphone && !tab.call?.hasMicrophone && tab.state !== "connecting") tab.call?.openMicrophone();
      return;
    }
    const clickedAt = performance.now();
    tab.starting ??= this.load()
      .then(({ beginCall }) => beginCall(this, this.#registry, tab, { microphone, clickedAt }))
      .finally(() => { tab.starting = null; });
    await tab.starting;
  }

  /** What every call begins with. @returns {Partial<CallOptions>} */
  defaults() {
    return { mode: this.mode, settings: this.settings, iceServers: this.#iceServers };
  }

  /** What was said in a conversation that a script goes on with. @param {string|null} conversationId */
  async recall(conversationId) {
    return conversationId ? (await this.load()).recall(conversationId) : [];
  }

  /** A script starts a call of its own. @param {Call} call @param {CallOptions} options */
  async take(call, options) {
    const { takeCall } = await this.load();
    takeCall(this, call, options);
  }

  /** @param {Call} call */
  async show(call) {
    const { showTab, tabOf } = await this.load();
    showTab(this, tabOf(this, call));
  }

  /** @param {Call} call */
  async drop(call) {
    const { closeTab, tabOf } = await this.load();
    closeTab(this, tabOf(this, call));
  }

  end() {
    this.call?.end();
  }

  interrupt() {
    this.call?.interrupt();
  }

  /** The talk button goes down. */
  press() {
    this.call?.press();
  }

  /** The talk button goes up. */
  release() {
    this.call?.release();
  }

  /** Send a message; without a call this starts one, and asks nobody for a microphone. @param {string} text */
  async sendText(text) {
    const { tab } = this;
    if (!tab.isLive) await this.start({ microphone: false });
    tab.call?.sendText(text);
  }

  /** Correct one's own last turn; without a call a typed one begins with it. @param {string} itemId @param {string} text */
  async revise(itemId, text) {
    const { tab } = this;
    if (!tab.isLive) await this.start({ microphone: false });
    tab.call?.revise(itemId, text);
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.isMuted = isMuted;
    this.call?.mute(isMuted);
    this.tell("state", {});
  }

  /** Choose the mode for now and later. What goes wrong is told; then all stays as it was. @param {string} mode */
  async switchMode(mode) {
    if (mode === this.mode) return;
    const { keepMode } = await this.load();
    await keepMode(this, mode);
  }

  /** Here or elsewhere something was chosen, and stored. @param {SettingChanges} changes */
  applySettings(changes) {
    this.settings = { ...this.settings, ...changes };
    this.#loading?.then(({ adoptSettings }) => adoptSettings(this, changes), () => {});
    if (changes.mode) this.tab.changeMode(changes.mode);
    this.tell("settings", changes);
  }

  /** @param {string} name @param {unknown} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/**
 * Hear of news from the stage, or from one tab, until the returned function is called.
 * @param {EventTarget} stage
 * @param {Record<string, (detail: any) => void>} handlers
 * @returns {() => void}
 */
export function follow(stage, handlers) {
  const heard = Object.entries(handlers).map(([name, handle]) => {
    /** @param {Event} event */
    const listener = (event) => handle(/** @type {CustomEvent} */ (event).detail);
    stage.addEventListener(name, listener);
    return () => stage.removeEventListener(name, listener);
  });
  return () => { for (const stop of heard) stop(); };
}

/**
 * Fetch a key as soon as somebody turns to the button that starts a call.
 * @param {HTMLElement} button
 * @param {Stage} stage
 */
export function prepareOn(button, stage) {
  // Not `pointerenter` and `focus`: when a call ends, the button appears under the pointer and gets the focus by itself.
  for (const name of ["pointermove", "pointerdown", "keyup"]) button.addEventListener(name, () => stage.prepare());
}
