/**
 * The one call that this page shows, if any, and the way of every behaviour to it.
 * Passes the call's events on, and adds `levels` {input, output} 30 times a second while a call is live.
 */

/** @typedef {import("../call/call.js").Call} Call */
/** @typedef {import("../call/registry.js").Registry} Registry */

const PASSED_ON = ["state", "dialogue", "light", "step", "log", "notice", "settled", "stored"];

/** Between two looks at the levels, milliseconds: smooth to the eye, and half the drawing of every frame. */
const LEVEL_PERIOD = 30;

export class Stage extends EventTarget {
  /** @type {Call|null} */
  call = null;
  /** @type {string|null} */
  conversationId;
  isMuted = false;

  #registry;
  /** The call that is being made ready. @type {Promise<void>|null} */
  #starting = null;
  /** @type {Promise<typeof import("./during_call.js")>|null} */
  #loading = null;
  #mode;
  #iceServers;
  #isMetering = false;

  /** @param {Registry} registry @param {{conversationId: string|null, mode: string, iceServers: RTCIceServer[]}} page */
  constructor(registry, { conversationId, mode, iceServers }) {
    super();
    this.#registry = registry;
    this.#mode = mode;
    this.#iceServers = iceServers;
    this.conversationId = conversationId;
  }

  get state() {
    return this.call?.state ?? "idle";
  }

  get isLive() {
    return this.call?.isLive ?? false;
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
    if (!this.isLive && !this.#starting) prepareCall({ mode: this.#mode, conversation_id: this.conversationId }, this.#iceServers);
  }

  /** Start a call; while one is live this takes the microphone into it. @param {{microphone?: boolean}} [how] */
  async start({ microphone = true } = {}) {
    if (this.isLive) {
      if (microphone && !this.call?.hasMicrophone && this.state !== "connecting") this.call?.openMicrophone();
      return;
    }
    this.#starting ??= this.#begin(microphone, performance.now()).finally(() => { this.#starting = null; });
    await this.#starting;
  }

  /** @param {boolean} microphone @param {number} clickedAt  performance.now() */
  async #begin(microphone, clickedAt) {
    const { keys, turnsInPage } = await this.load();
    const call = await this.#registry.createCall({
      conversationId: this.conversationId, history: this.call?.dialogue.turns ?? turnsInPage(), mode: this.#mode,
      microphone, muted: this.isMuted, keys, clickedAt,
    });
    this.call = call;
    for (const name of PASSED_ON) {
      call.addEventListener(name, (event) => { if (call === this.call) this.#tell(name, /** @type {CustomEvent} */ (event).detail); });
    }
    call.addEventListener("stored", () => { this.conversationId = call.conversationId; });
    call.start();
    this.#meter();
  }

  end() {
    this.call?.end();
  }

  interrupt() {
    this.call?.interrupt();
  }

  /** Send a message; without a call this starts one, and asks nobody for a microphone. @param {string} text */
  async sendText(text) {
    if (!this.isLive) await this.start({ microphone: false });
    this.call?.sendText(text);
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.isMuted = isMuted;
    this.call?.mute(isMuted);
    this.#tell("state", {});
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #meter() {
    if (this.#isMetering) return;
    this.#isMetering = true;
    let lookedAt = 0;
    /** @param {number} now */
    const look = (now) => {
      const isOver = !this.call?.isLive;
      if (isOver || now - lookedAt >= LEVEL_PERIOD) {
        lookedAt = now;
        this.#tell("levels", isOver || this.state === "connecting" ? { input: null, output: null } : this.call?.levels);
      }
      this.#isMetering = !isOver;
      if (this.#isMetering) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
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
