/**
 * What some servers leave out of the protocol is supplied here, so that nobody behind has to know which server it is:
 * ids, the begin and the end of a reply, and what becomes of its sound (sound_watch.js). It adds; nothing is held back but
 * the announcement of a reply that was supplied before. What was supplied says so.
 *
 * Azure's `webrtcfilter` sends no `response.created`, no `response.done` and no `output_audio_buffer.cleared`; others know no
 * `output_audio_buffer.*` at all. README, "Other servers", has the list.
 */

import { SoundWatch } from "./sound_watch.js";
import { Timers } from "./timers.js";

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

/**
 * @typedef {object} Reply  the newest
 * @property {string} id
 * @property {boolean} isSupplied  the server did not announce it
 * @property {boolean} isDone
 * @property {boolean} isSound     it is spoken, as far as is known
 */

/** After the last words of a reply its end is told at once; of one that was announced it is waited for longer, milliseconds. */
const SETTLING = { supplied: 500, announced: 10_000 };

/** For the answer to a request to be silent, milliseconds. */
const OBEYING = 300;

/** The words of a reply end with one of these. */
const LAST_WORDS = ["response.output_text.done", "response.output_audio_transcript.done"];

export class MissingEvents {
  #tell;
  #watch;
  #timers = new Timers();
  /** @type {Reply|null} */
  #reply = null;
  /** The reply that sounds. @type {string|null} */
  #playingId = null;
  /** What is being said, or was said last. @type {string} */
  #spokenId = "";
  #count = 0;

  /** @param {(event: RealtimeEvent) => void} tell @param {() => number|null} level  of the server's sound, 0 to 1 */
  constructor(tell, level) {
    this.#tell = tell;
    this.#watch = new SoundWatch(level, (type, response_id, late_ms) => this.#supply({ type, response_id, late_ms }));
  }

  /** @param {RealtimeEvent} received  with today's name */
  hear(received) {
    const event = this.#withIds(received);
    if (event.type === "input_audio_buffer.speech_started") this.#yield();
    if (event.type === "response.created" && this.#isKnown(event.response)) return;
    if (event.type === "response.created") this.#begin(event.response?.id ?? "unknown", false);
    if (isPartOfReply(event)) this.#noteWords(event);
    if (event.type.startsWith("output_audio_buffer.")) this.#watch.stop(); // it tells by itself
    this.#pass(event);
    if (event.type === "response.done") this.#finish(event.response?.id);
  }

  /** @param {RealtimeEvent} event  of ours */
  sent({ type }) {
    const reply = this.#reply;
    if (type === "response.cancel" && reply?.isSupplied && !reply.isDone) this.#timers.start("end", OBEYING, () => this.#end("cancelled"));
    const playingId = this.#playingId;
    if (type !== "output_audio_buffer.clear" || !playingId) return;
    this.#timers.start("silence", OBEYING, () => this.#clear(playingId, OBEYING));
  }

  stop() {
    this.#timers.stopAll();
    this.#watch.stop();
  }

  /** @param {RealtimeEvent} event */
  #pass(event) {
    const { type, response_id } = event;
    if (type === "output_audio_buffer.started") this.#playingId = response_id ?? this.#reply?.id ?? "unknown";
    if (type === "output_audio_buffer.stopped" || type === "output_audio_buffer.cleared") this.#fallSilent();
    this.#tell(event);
  }

  /** @param {RealtimeEvent} event */
  #supply(event) {
    this.#pass({ ...event, supplied: true });
  }

  /** @param {{id?: string, conversation_id?: string|null}} [response]  one that is announced late */
  #isKnown(response) {
    return this.#reply?.isSupplied === true && this.#reply.id === response?.id && response.conversation_id !== null;
  }

  /** @param {string} id @param {boolean} isSupplied */
  #begin(id, isSupplied) {
    if (this.#reply && !this.#reply.isDone && this.#reply.isSupplied) this.#end("completed");
    this.#timers.stop("end");
    this.#reply = { id, isSupplied, isDone: false, isSound: false };
  }

  /** @param {RealtimeEvent} event */
  #noteWords({ type, response_id }) {
    if (response_id !== this.#reply?.id) {
      this.#begin(response_id, true);
      this.#supply({ type: "response.created", response: { id: response_id, object: "realtime.response", status: "in_progress", output: [] } });
    }
    const reply = /** @type {Reply} */ (this.#reply);
    if (type.startsWith("response.output_audio") && !reply.isSound) {
      reply.isSound = true;
      this.#watch.follow(reply.id);
    }
    this.#timers.stop("end");
    const settling = reply.isSupplied ? SETTLING.supplied : SETTLING.announced;
    if (LAST_WORDS.includes(type) && !reply.isDone) this.#timers.start("end", settling, () => this.#end("completed"));
  }

  /** @param {"completed"|"cancelled"} status */
  #end(status) {
    const { id, isSound } = /** @type {Reply} */ (this.#reply);
    const status_details = status === "cancelled" ? { type: status, reason: "turn_detected" } : null;
    this.#supply({ type: "response.done", response: { id, status, status_details, output_modalities: [isSound ? "audio" : "text"] } });
    this.#finish(id);
  }

  /** @param {string} [id] */
  #finish(id) {
    if (!this.#reply || (id && id !== this.#reply.id)) return;
    this.#reply.isDone = true;
    this.#timers.stop("end");
    this.#watch.expectEnd();
  }

  /** The person speaks into a reply: a server that finds the turns by itself stops it. */
  #yield() {
    this.#watch.expectSilence();
    const reply = this.#reply;
    if (!reply?.isSupplied) return;
    if (!reply.isDone) this.#end("cancelled");
    if (this.#playingId === reply.id) this.#clear(reply.id);
  }

  /** @param {string} id @param {number} [late_ms]  since it fell silent */
  #clear(id, late_ms = 0) {
    if (this.#playingId === id) this.#supply({ type: "output_audio_buffer.cleared", response_id: id, late_ms });
  }

  #fallSilent() {
    this.#playingId = null;
    this.#timers.stop("silence");
  }

  /** @param {RealtimeEvent} event @returns {RealtimeEvent} */
  #withIds(event) {
    const { type } = event;
    if (type === "input_audio_buffer.speech_started") this.#spokenId = event.item_id ?? this.#newId("item");
    if (type === "input_audio_buffer.committed" && event.item_id) this.#spokenId = event.item_id;
    if (isSpoken(type) && !event.item_id) return { ...event, item_id: this.#spokenId || this.#newId("item") };
    if (!isPartOfReply(event) || (event.response_id && (event.item_id || event.item))) return event;
    const open = this.#reply && !this.#reply.isDone ? this.#reply.id : null;
    const response_id = event.response_id ?? open ?? this.#newId("resp");
    return { ...event, response_id, ...(!event.item && { item_id: event.item_id ?? `${response_id}_item` }) };
  }

  /** @param {string} kind */
  #newId(kind) {
    this.#count += 1;
    return `${kind}_supplied_${this.#count}`;
  }
}

/** @param {RealtimeEvent} event */
function isPartOfReply({ type }) {
  return type.startsWith("response.") && type !== "response.created" && type !== "response.done";
}

/** @param {string} type  of an event about what the person says */
function isSpoken(type) {
  return type.startsWith("input_audio_buffer.speech_") || type === "input_audio_buffer.committed"
    || type.startsWith("conversation.item.input_audio_transcription.");
}
