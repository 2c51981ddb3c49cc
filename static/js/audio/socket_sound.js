/** The provider's voice where it comes as events: played in order, and known to the millisecond how far. */

import { PcmPlayer } from "./pcm_player.js";

/** @typedef {import("./pcm_segment.js").PcmSegment} PcmSegment */

/** So long is the sound of a reply taken to be; it matters only on a line that is slower than the listener. Milliseconds. */
const USUAL_MS = 4_000;

/**
 * @typedef {object} Part  of a reply: one item's sound
 * @property {string} replyId
 * @property {string} itemId
 * @property {number} contentIndex
 * @property {PcmSegment} segment
 *
 * @typedef {{itemId: string, contentIndex: number, ms: number}} Cut  where an item's sound was cut off
 */

export class SocketSound {
  /** Something is heard now, or not any more. @type {() => void} */
  moved = () => {};
  #player;
  /** What was not played to its end. @type {Part[]} */
  #parts = [];
  /** Of the sound since the last time it was cleared, what is not in `#parts` any more; milliseconds. */
  #goneMs = 0;

  /** @param {PcmPlayer} [player] */
  constructor(player = new PcmPlayer()) {
    this.#player = player;
    player.events = { moved: (segment) => this.#follow(segment) };
  }

  get ready() { return this.#player.ready; }
  get context() { return this.#player.context; }
  /** What a Speaker plays. */
  get stream() { return this.#player.stream; }
  /** Something sounds at this moment. */
  get isPlaying() { return this.#player.isPlaying; }
  /** The reply that sounds, or will be the next one to; null: all was played. */
  get replyId() { return this.#parts[0]?.replyId ?? null; }

  /** @param {string} replyId @param {string} itemId @param {number} contentIndex @param {Uint8Array} bytes  24 kHz s16le mono */
  add(replyId, itemId, contentIndex, bytes) {
    const isSame = (/** @type {Part} */ part) => part.itemId === itemId && part.contentIndex === contentIndex && !part.segment.isEnded;
    let part = this.#parts.find(isSame);
    if (!part) {
      part = { replyId, itemId, contentIndex, segment: this.#player.open(USUAL_MS) };
      this.#parts.push(part);
    }
    part.segment.add(bytes);
  }

  /** No more comes. @param {string} replyId @param {string} [itemId]  only of this item */
  end(replyId, itemId) {
    for (const part of this.#parts) {
      const isMeant = part.replyId === replyId && (itemId === undefined || part.itemId === itemId);
      if (isMeant && !part.segment.isEnded) part.segment.end();
    }
  }

  /** Fall silent at once and forget what was not heard. @returns {Cut[]} */
  clear() {
    let left = this.#player.stop() - this.#goneMs;
    /** @type {Cut[]} */
    const cuts = [];
    for (const { itemId, contentIndex, segment } of this.#parts) {
      const ms = Math.min(Math.max(left, 0), segment.lengthMs);
      left -= ms;
      if (ms < segment.lengthMs || !segment.isEnded) cuts.push({ itemId, contentIndex, ms: Math.floor(ms) });
    }
    this.#parts = [];
    this.#goneMs = 0;
    return cuts;
  }

  /** Leaves nothing behind. */
  close() {
    this.#parts = [];
    this.#player.close();
  }

  /** @param {PcmSegment|null} segment  that plays or waits to; null: all were played */
  #follow(segment) {
    const place = this.#parts.findIndex((part) => part.segment === segment);
    const played = this.#parts.splice(0, place < 0 ? this.#parts.length : place);
    this.#goneMs += played.reduce((sum, part) => sum + part.segment.lengthMs, 0);
    this.moved();
  }
}
