/**
 * The one call that this page shows, if any, and the way of every behaviour to it.
 * Tells the call's events, `levels` {input, output} 30 times a second while a call is live, and `settings` (what changed).
 */

/** @typedef {import("../call/call.js").Call} Call */
/** @typedef {import("../call/registry.js").Registry} Registry */
/** @typedef {import("../types.js").PageSettings} PageSettings */
/** @typedef {import("../types.js").SettingChanges} SettingChanges */

export class Stage extends EventTarget {
  /** @type {Call|null} */
  call = null;
  /** @type {string|null} */
  conversationId;
  isMuted = false;
  /** As they are now; what is missing has its default. @type {Partial<PageSettings>} */
  settings;
  /** What a live call is about to change over to. @type {string|null} */
  switchingTo = null;

  #registry;
  /** The call that is being made ready. @type {Promise<void>|null} */
  #starting = null;
  /** @type {Promise<typeof import("./during_call.js")>|null} */
  #loading = null;
  #mode;
  #iceServers;

  /** @param {Registry} registry @param {{conversationId: string|null, mode: string, iceServers: RTCIceServer[], settings: Partial<PageSettings>}} page */
  constructor(registry, { conversationId, mode, iceServers, settings }) {
    super();
    this.#registry = registry;
    this.#mode = mode;
    this.#iceServers = iceServers;
    this.conversationId = conversationId;
    this.settings = settings;
  }

  get state() {
    return this.call?.state ?? "idle";
  }

  get isLive() {
    return this.call?.isLive ?? false;
  }

  /** Of the live call, or of the next one. */
  get mode() {
    return this.switchingTo ?? (this.isLive && this.call?.mode || this.#mode);
  }

  /** When one is heard: always, while a button is held, or between two taps on it. */
  get talk() {
    return this.settings.talk ?? "open";
  }

  /** Fetch what a call needs, once. */
  load() {
    this.#loading ??= import("./during_call.js").then((loaded) => {
      loaded.mountDuringCall(this);
      return loaded;
    });
    this.#loading.catch(() => { this.#loading = null; }); // the tap will ask again
    return this.#loading;
  }

  /** Somebody is about to tap: fetch the key and build the line now. */
  async prepare() {
    const { prepareCall } = await this.load();
    if (this.isLive || this.#starting) return;
    prepareCall({ mode: this.#mode, conversation_id: this.conversationId }, this.#iceServers, this.settings.transport);
  }

  /** Start a call; while one is live this takes the microphone into it. @param {{microphone?: boolean}} [how] */
  async start({ microphone = true } = {}) {
    if (this.isLive) {
      if (microphone && !this.call?.hasMicrophone && this.state !== "connecting") this.call?.openMicrophone();
      return;
    }
    const clickedAt = performance.now();
    this.#starting ??= this.load()
      .then(({ beginCall }) => beginCall(this, this.#registry, { mode: this.#mode, microphone, clickedAt }))
      .finally(() => { this.#starting = null; });
    await this.#starting;
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
    if (!this.isLive) await this.start({ microphone: false });
    this.call?.sendText(text);
  }

  /** Correct one's own last turn; without a call a typed one begins with it. @param {string} itemId @param {string} text */
  async revise(itemId, text) {
    if (!this.isLive) await this.start({ microphone: false });
    this.call?.revise(itemId, text);
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
    if (changes.mode) this.#mode = changes.mode;
    this.tell("settings", changes);
  }

  /** @param {string} name @param {unknown} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/**
 * Hear of news from the stage until the returned function is called.
 * @param {Stage} stage
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
