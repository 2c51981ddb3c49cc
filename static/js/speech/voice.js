/** How a written answer becomes sound in text mode: the server's voice, and the browser's own where that fails. */

import { fetchSpeech } from "../api.js";
import { PcmPlayer } from "../audio/pcm_player.js";
import { problem } from "../errors.js";
import { BrowserSpeech } from "./browser_speech.js";
import { BrowserVoice } from "./browser_voice.js";
import { ServerSpeech } from "./server_speech.js";
import { Pace, SpokenReply } from "./spoken_reply.js";

/**
 * @typedef {object} VoiceWishes  null: as in the user's settings
 * @property {string|null} [voice]
 * @property {number|null} [speed]
 * @property {string|null} [language]
 *
 * @typedef {object} VoiceEvents  of each reply: started?, then clauses and positions, then either done or failed, unless it was stopped
 * @property {(responseId: string) => void} started  the first sound is heard; none where nothing can be spoken
 * @property {(responseId: string, clauses: import("../types.js").Clause[]) => void} clauses  all of the reply so far, in place of those told before
 * @property {(responseId: string, ms: number) => void} position  of its sound that were heard, without pauses
 * @property {(responseId: string) => void} done
 * @property {(what: import("../errors.js").Problem, responseId: string) => void} failed  the rest can only be read
 * @property {(what: import("../errors.js").Problem) => void} notice
 */

export class Voice {
  #wishes;
  #events;
  #fetch;
  #browserVoice;
  #pace;
  /** @type {SpokenReply|null} */
  #reply = null;
  /** @type {ServerSpeech|BrowserSpeech|null} */
  #speech = null;
  /** Codes of notices. @type {Set<string>} */
  #told = new Set();
  /** Who speaks the reply, or spoke the last one. @type {"server"|"stand-in"|"browser"|"device"|"none"} */
  speaker = "server";
  /** Something of the reply was heard, and it is not over. */
  isSpeaking = false;

  /**
   * @param {VoiceWishes} wishes
   * @param {VoiceEvents} events
   * @param {{fetch?: typeof fetchSpeech, player?: PcmPlayer, browserVoice?: BrowserVoice}} [parts]  others than the usual ones
   */
  constructor(wishes, events, { fetch = fetchSpeech, player = new PcmPlayer(), browserVoice = new BrowserVoice() } = {}) {
    this.#wishes = wishes;
    this.#events = events;
    this.#fetch = fetch;
    this.#browserVoice = browserVoice;
    this.#pace = new Pace(wishes.speed ?? 1);
    this.player = player;
    player.events = { moved: (current) => { if (this.#speech instanceof ServerSpeech) this.#speech.moved(current); } };
  }

  /** What a Speaker plays. */
  get stream() {
    return this.player.stream;
  }

  /** What sounds right now, for the echo gate; null where the page cannot know. */
  get output() {
    return this.#speech?.output ?? null;
  }

  /** Milliseconds of the reply that were heard. */
  get position() {
    return this.#speech?.positionMs ?? 0;
  }

  /** From the next chunk on. @param {VoiceWishes} changes */
  update(changes) {
    this.#wishes = { ...this.#wishes, ...changes };
    if (changes.speed !== undefined) this.#pace = new Pace(changes.speed ?? 1);
  }

  /** Nothing is spoken, and nothing lost, while nobody could hear it. @param {boolean} isHeld */
  hold(isHeld) {
    this.player.hold(isHeld);
  }

  /** A reply begins; another one that was spoken is stopped. @param {string} responseId */
  begin(responseId) {
    this.stop();
    const reply = new SpokenReply(responseId, this.#wishes.language ?? null);
    this.#reply = reply;
    this.speaker = "server";
    this.#speech = new ServerSpeech(reply, this.player, this.#pace, (text, signal) => this.#fetch({ ...this.#wishes, text }, signal, () => this.#standIn()), {
      ...this.#speechEvents(reply),
      broke: () => this.#changeOver(reply),
    });
  }

  /** @param {string} text  the next bit of the reply, Markdown */
  write(text) {
    if (!this.#reply) return;
    this.#reply.write(text);
    this.#grow(this.#reply);
  }

  /** The reply is complete. */
  finish() {
    if (!this.#reply) return;
    this.#reply.finish();
    this.#grow(this.#reply);
  }

  /**
   * Fall silent at once and ask for nothing more.
   * @returns {{responseId: string, ms: number}|null} how far it was heard; null: nothing was being spoken
   */
  stop() {
    if (!this.#reply) return null;
    const { id } = this.#reply;
    const ms = this.#speech?.stop() ?? 0;
    this.#end();
    return { responseId: id, ms };
  }

  /** Leaves nothing behind. */
  close() {
    this.stop();
    this.player.close();
  }

  /** @param {SpokenReply} reply */
  #grow(reply) {
    this.#events.clauses(reply.id, reply.clauses());
    this.#speech?.more();
  }

  /** @param {SpokenReply} reply */
  #speechEvents(reply) {
    return {
      sounds: () => {
        if (this.isSpeaking) return;
        this.isSpeaking = true;
        this.#events.started(reply.id);
      },
      moved: () => { if (this.isSpeaking) this.#events.position(reply.id, this.position); },
      changed: () => this.#events.clauses(reply.id, reply.clauses()),
      over: () => {
        this.#end();
        this.#events.done(reply.id);
      },
    };
  }

  /** The server's voice failed; the browser's goes on. @param {SpokenReply} reply */
  async #changeOver(reply) {
    const isThere = await this.#browserVoice.prepare(this.#wishes);
    if (this.#reply !== reply) return;
    if (!isThere) return this.#fail(reply);
    this.#tellOnce("speech-changed");
    this.player.stop();
    this.speaker = this.#browserVoice.isOnDevice ? "device" : "browser";
    this.#speech = new BrowserSpeech(reply, this.#browserVoice, { ...this.#speechEvents(reply), broke: () => this.#fail(reply) });
    this.#speech.more();
  }

  /** Another voice of the server speaks. */
  #standIn() {
    this.speaker = "stand-in";
    this.#tellOnce("speech-stood-in");
  }

  /** @param {string} code  of a change that stays for a while */
  #tellOnce(code) {
    if (!this.#told.has(code)) this.#events.notice(problem(code));
    this.#told.add(code);
  }

  /** @param {SpokenReply} reply */
  #fail(reply) {
    this.speaker = "none";
    this.#end();
    this.#events.failed(problem("speech-failed"), reply.id);
  }

  /** Nothing is spoken any more. */
  #end() {
    this.player.stop();
    this.#reply = null;
    this.#speech = null;
    this.isSpeaking = false;
  }
}
