/**
 * A provider behind a WebSocket does not know what is heard of its replies: the browser plays them. So this side tells what a
 * provider over WebRTC would tell (`output_audio_buffer.…`), falls silent when somebody speaks, and has the provider forget what
 * was not heard. Source: https://platform.openai.com/docs/guides/realtime-conversations (interruption and truncation)
 */

import { fromBase64 } from "../audio/base64.js";
import { SocketSound } from "../audio/socket_sound.js";
import { deletionOf, harmlessId } from "./events.js";

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

export class RelayedReplies {
  #send;
  #tell;
  #sound;
  /** The one that is heard, as far as was told. @type {string|null} */
  #heardId = null;
  /** Those that are being made. @type {Set<string>} */
  #active = new Set();
  /** Those among them that nobody wants to hear any more. @type {Set<string>} */
  #unwanted = new Set();
  /** Whoever speaks interrupts; a session may say otherwise. */
  #interrupts = true;

  /**
   * @param {(event: RealtimeEvent) => void} send  to the provider
   * @param {(event: RealtimeEvent) => void} tell  what the provider cannot
   * @param {SocketSound} [sound]
   */
  constructor(send, tell, sound = new SocketSound()) {
    this.#send = send;
    this.#tell = tell;
    this.#sound = sound;
    sound.moved = () => this.#follow();
  }

  get ready() { return this.#sound.ready; }
  get context() { return this.#sound.context; }
  get stream() { return this.#sound.stream; }

  /** @param {RealtimeEvent} event  of the provider, once everybody else has heard of it */
  hear({ type, session, response, response_id, item_id, content_index = 0, delta }) {
    switch (type) {
      case "session.created":
      case "session.updated":
        this.#interrupts = session?.audio?.input?.turn_detection?.interrupt_response !== false;
        break;
      case "input_audio_buffer.speech_started":
        if (this.#interrupts) this.#silence();
        break;
      case "response.created":
        this.#active.add(response?.id);
        break;
      case "response.output_audio.delta":
        // What was on its way when it was cancelled still arrives.
        if (!this.#unwanted.has(response_id)) this.#sound.add(response_id, item_id, content_index, fromBase64(String(delta)));
        break;
      case "response.output_audio.done":
        this.#sound.end(response_id, item_id);
        break;
      case "response.done":
        this.#active.delete(response?.id);
        this.#unwanted.delete(response?.id);
        this.#sound.end(response?.id);
        this.#follow();
    }
  }

  /** @param {RealtimeEvent} event  of the page, once the provider has it */
  obey({ type }) {
    const isSilenced = type === "output_audio_buffer.clear";
    // A provider over WebRTC that is told before its first sound makes none.
    const isTakenBack = type === "response.cancel" && this.#heardId === null;
    if (isSilenced || isTakenBack) this.#silence();
  }

  close() {
    this.#sound.close();
  }

  #silence() {
    for (const id of this.#active) this.#unwanted.add(id);
    for (const { itemId, contentIndex, ms } of this.#sound.clear()) {
      // Of what nobody heard there is nothing to keep, and some providers cannot cut at nought.
      this.#send(ms === 0 ? deletionOf(itemId) : {
        type: "conversation.item.truncate", event_id: harmlessId(), item_id: itemId, content_index: contentIndex, audio_end_ms: ms,
      });
    }
    if (this.#heardId) this.#tell({ type: "output_audio_buffer.cleared", response_id: this.#heardId });
    this.#heardId = null;
  }

  #follow() {
    const { replyId, isPlaying } = this.#sound;
    const heardId = this.#heardId;
    // All that came was played, but of a reply that is being made more may come.
    const isOver = heardId && replyId !== heardId && (replyId !== null || !this.#active.has(heardId));
    if (isOver) this.#tell({ type: "output_audio_buffer.stopped", response_id: heardId });
    if (isOver) this.#heardId = null;
    if (!isPlaying || !replyId || replyId === this.#heardId) return;
    this.#heardId = replyId;
    this.#tell({ type: "output_audio_buffer.started", response_id: replyId });
  }
}
