/** In text mode: the answer's text goes to our own voice as it is written, and what is heard of it goes into the dialogue. */

import { Voice } from "../speech/voice.js";

/** @typedef {import("../types.js").ModeHost} ModeHost */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").Clause} Clause */

/**
 * What hears must know of our own voice.
 * @typedef {object} Listener
 * @property {(voice: {output: AudioNode|null, since: number}|null) => void} speaking  since: performance.now()
 * @property {(text: string, fromMs: number, toMs: number, id: string) => void} spoke  performance.now(); again when it is better known
 */

export class SpokenReplies {
  #host;
  #listener;
  #voice;
  /** The item that is being written, and what came of it. */
  #itemId = "";
  #written = "";
  /** @type {Clause[]} */
  #clauses = [];
  /** When the clauses end that the listener knows of, by their ids. @type {Map<string, number>} */
  #told = new Map();
  /** @type {AudioNode|null|undefined} */
  #output;
  #unfollow = new AbortController();

  /** @param {ModeHost} host @param {() => Listener|null} listener */
  constructor(host, listener) {
    this.#host = host;
    this.#listener = listener;
    const { conversation, settings: { voice_text: voice, speed, language }, sound: { speaker } } = host;
    this.#voice = new Voice({ voice, speed, language }, {
      started: (id) => conversation.take({ type: "app.voice.started", response_id: id }),
      clauses: (id, clauses) => { this.#clauses = clauses; conversation.take({ type: "app.voice.clauses", response_id: id, clauses }); },
      position: (id, ms) => this.#follow(id, ms),
      done: (id) => { conversation.take({ type: "app.voice.done", response_id: id }); this.#fallSilent(); },
      failed: (what, id) => { conversation.take({ type: "app.voice.failed", response_id: id }); this.#fallSilent(); host.notice(what); },
      notice: host.notice,
    });
    const { signal } = this.#unfollow;
    speaker.addEventListener("blocked", () => this.#voice.hold(true), { signal });
    speaker.addEventListener("playing", () => this.#voice.hold(false), { signal });
  }

  /** Who speaks. */
  get voicing() {
    return this.#voice.speaker;
  }

  begin() {
    if (this.#voice.stream) this.#host.sound.speaker.play(this.#voice.stream);
  }

  /** @param {RealtimeEvent} event  of the provider, once the dialogue knows it */
  hear({ type, response, response_id, item_id, delta, text }) {
    const { responseId, voicedId } = this.#host.conversation.dialogue;
    if (type === "response.created" && responseId && responseId === response?.id) this.#begin(responseId);
    if (!voicedId) return;
    if (type === "response.output_text.delta" && response_id === voicedId) this.#write(item_id, String(delta ?? ""));
    if (type === "response.output_text.done" && response_id === voicedId) this.#complete(item_id, String(text ?? ""));
    if (type === "response.done" && response?.id === voicedId) this.#finish(voicedId, response.status === "cancelled");
  }

  /** Keep what was heard of the reply; what is not heard yet is not wanted. */
  interrupt() {
    const { conversation } = this.#host;
    const { voicedId } = conversation.dialogue;
    const ms = this.silence();
    if (voicedId) conversation.cut(voicedId, ms);
    else conversation.cancel();
  }

  /** @returns {number} milliseconds of the reply that were heard */
  silence() {
    const ms = this.#voice.stop()?.ms ?? 0;
    this.#fallSilent();
    return ms;
  }

  /** @param {{voice?: string|null, speed?: number, language?: string|null}} changes */
  update(changes) {
    this.#voice.update(changes);
  }

  close() {
    this.#unfollow.abort();
    this.#voice.close();
  }

  /** @param {string} responseId */
  #begin(responseId) {
    const { conversation, sound } = this.#host;
    const { voicedId } = conversation.dialogue;
    const ms = this.silence();
    if (voicedId) conversation.cut(voicedId, ms);
    sound.speaker.hush(false);
    this.#written = this.#itemId = "";
    this.#clauses = [];
    this.#told.clear();
    conversation.take({ type: "app.voice.begun", response_id: responseId });
    this.#voice.begin(responseId);
  }

  /** @param {string} itemId @param {string} delta */
  #write(itemId, delta) {
    if (itemId !== this.#itemId) this.#written = "";
    this.#itemId = itemId;
    this.#written += delta;
    this.#voice.write(delta);
  }

  /** A server may leave deltas out. @param {string} itemId @param {string} text */
  #complete(itemId, text) {
    const known = itemId === this.#itemId ? this.#written : "";
    if (text.length > known.length && text.startsWith(known)) this.#write(itemId, text.slice(known.length));
  }

  /** @param {string} responseId @param {boolean} isCancelled */
  #finish(responseId, isCancelled) {
    if (isCancelled) this.#host.conversation.cut(responseId, this.silence());
    else this.#voice.finish();
  }

  /** @param {string} responseId @param {number} ms  heard so far */
  #follow(responseId, ms) {
    this.#host.conversation.take({ type: "app.voice.position", response_id: responseId, ms });
    const listener = this.#listener();
    if (!listener) return;
    const since = performance.now() - ms;
    const { output } = this.#voice;
    if (output !== this.#output) listener.speaking({ output, since });
    this.#output = output;
    let place = 0;
    for (const { text, startMs, endMs } of this.#clauses) {
      const id = `${responseId} ${place}`;
      place += text.length;
      if (startMs === null || startMs > ms || endMs === null || this.#told.get(id) === endMs) continue;
      listener.spoke(text, since + startMs, since + endMs, id);
      this.#told.set(id, endMs);
    }
  }

  #fallSilent() {
    if (this.#output !== undefined) this.#listener()?.speaking(null);
    this.#output = undefined;
  }
}
