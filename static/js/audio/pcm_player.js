/** Speech as it comes from the server, played gaplessly into a stream; a Speaker makes it heard. */

import { PcmSegment } from "./pcm_segment.js";

/** @typedef {import("./worklets/player.js").Report} Report */
/** @typedef {import("./worklets/player.js").PlayerOrder} PlayerOrder */
/** @typedef {import("./worklets/player.js").PlayerMessage} PlayerMessage */

/** After one of these a browser lets a page make sound. */
const GESTURES = ["pointerup", "keydown"];

/** A report is at most this old when it comes, seconds; in a busy page it may be older, and followed by one that says otherwise. */
const TRANSIT = 0.02;

/**
 * @typedef {object} PlayerEvents
 * @property {(current: PcmSegment|null) => void} moved  the position, or the segment that plays or waits to; null: all were played
 */

export class PcmPlayer {
  context = new AudioContext({ latencyHint: "interactive" });
  /** What the loudspeaker gets; the echo gate compares with it. */
  output = new GainNode(this.context);
  #destination = new MediaStreamAudioDestinationNode(this.context, { channelCount: 1 });
  /** Who hears of it. @type {PlayerEvents} */
  events = { moved() {} };
  /** Fails where this browser has no worklets. @type {Promise<AudioWorkletNode>} */
  ready;
  /** @type {Map<number, PcmSegment>} */
  #segments = new Map();
  /** @type {Map<number, (isEmpty: boolean) => void>} */
  #restarts = new Map();
  #newest = 0;
  #take = 0;
  /** @type {Report|null} */
  #report = null;
  /** performance.now() when that came. */
  #reportedAt = 0;
  /** @type {PromiseWithResolvers<void>} */
  #reported = Promise.withResolvers();
  #toldMs = 0;
  #isHeld = false;
  #isClosed = false;

  constructor() {
    this.output.connect(this.#destination);
    this.ready = this.#load();
    this.ready.catch(() => {}); // told to whoever waits for it
    this.context.addEventListener("statechange", this.#run);
    for (const gesture of GESTURES) addEventListener(gesture, this.#run);
    this.#run();
  }

  get stream() {
    return this.#destination.stream;
  }

  /** Something sounds at this moment. */
  get isPlaying() {
    return this.#report?.isPlaying ?? false;
  }

  /** Milliseconds that the ear has heard since the last stop, without the pauses; never goes back. */
  get heardMs() {
    const latency = this.context.outputLatency || this.context.baseLatency || 0;
    this.#toldMs = Math.max(this.#toldMs, this.#playedMs - 1000 * latency);
    return this.#toldMs;
  }

  /**
   * A place for sound in the line.
   * @param {number} expectedMs  its likely length
   * @param {PcmSegment|null} [after]  null: at the end
   */
  open(expectedMs, after = null) {
    this.#newest += 1;
    const segment = new PcmSegment(this.#newest, this);
    this.#segments.set(segment.id, segment);
    this.order({ kind: "open", id: segment.id, expectedMs, afterId: after?.id ?? null });
    return segment;
  }

  /** Take segments out of the line; what has begun to play is played as far as it came. @param {PcmSegment[]} segments */
  drop(segments) {
    for (const { id } of segments) this.#segments.delete(id);
    this.order({ kind: "drop", ids: segments.map(({ id }) => id) });
  }

  /** Fall silent at once. @returns {number} milliseconds that were heard since the last stop; what is on its way to the ear counts */
  stop() {
    const ms = Math.max(this.#playedMs, this.#toldMs);
    this.#take += 1;
    this.#segments.clear();
    this.#report = null;
    this.#toldMs = 0;
    this.order({ kind: "stop" });
    this.#wake();
    return ms;
  }

  /** Nothing is played, and nothing lost, as long as nobody could hear it. @param {boolean} isHeld */
  hold(isHeld) {
    this.#isHeld = isHeld;
    this.#run();
  }

  /** Leaves nothing behind. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.stop();
    this.order({ kind: "close" });
    for (const gesture of GESTURES) removeEventListener(gesture, this.#run);
    for (const settle of this.#restarts.values()) settle(false);
    for (const track of this.stream.getTracks()) track.stop();
    this.output.disconnect();
    this.context.close().catch(() => {});
  }

  /** @param {PlayerOrder} order  for the worklet; kept in order until that is loaded */
  order(order) {
    this.ready.then(({ port }) => port.postMessage(order), () => {});
  }

  /** @param {PcmSegment} segment  whether it is still to be played */
  isWanted(segment) {
    return this.#segments.has(segment.id);
  }

  /** @param {PcmSegment} segment @returns {number} milliseconds */
  playedOf(segment) {
    return this.#report && segment.beganAt !== null ? this.#report.played - segment.beganAt : 0;
  }

  /** @returns {Promise<void>} */
  nextReport() {
    return this.#reported.promise;
  }

  /** @param {number} id @returns {Promise<boolean>} whether nothing of this segment was played */
  restart(id) {
    return new Promise((resolve) => {
      if (this.#isClosed) return resolve(false);
      this.#restarts.set(id, resolve);
      this.order({ kind: "restart", id });
    });
  }

  /** Milliseconds that were made since the last stop, up to this moment. */
  get #playedMs() {
    if (!this.#report) return 0;
    const since = Math.min(this.context.currentTime - this.#report.time, (performance.now() - this.#reportedAt) / 1000 + TRANSIT);
    return this.#report.played + (this.#report.isPlaying ? 1000 * Math.max(since, 0) : 0);
  }

  async #load() {
    const module = new URL("worklets/player.js", import.meta.url);
    await this.context.audioWorklet.addModule(module);
    const node = new AudioWorkletNode(this.context, "player", { numberOfInputs: 0, outputChannelCount: [1] });
    node.port.onmessage = ({ data }) => this.#hear(data);
    node.connect(this.output);
    return node;
  }

  /** @param {PlayerMessage} message */
  #hear(message) {
    if ("restarted" in message) {
      this.#restarts.get(message.restarted)?.(message.isEmpty);
      this.#restarts.delete(message.restarted);
    } else if (message.report.take === this.#take) {
      this.#follow(message.report);
    }
  }

  /** @param {Report} report */
  #follow(report) {
    const current = this.#segments.get(report.current ?? 0) ?? null;
    if (current && report.isPlaying) current.beganAt ??= report.currentBegan;
    this.#report = report;
    this.#reportedAt = performance.now();
    this.#wake();
    // A report may have left before the newest segments arrived there: then it cannot say that all were played.
    if (current || report.newest === this.#newest) this.events.moved(current);
  }

  #wake() {
    this.#reported.resolve();
    this.#reported = Promise.withResolvers();
  }

  /** Run unless it is held; browsers refuse until there was a gesture, and stop it during a phone call. */
  #run = () => {
    const { state } = this.context;
    if (state === "closed") return;
    if (this.#isHeld && state === "running") this.context.suspend().catch(() => {});
    if (!this.#isHeld && state !== "running") this.context.resume().catch(() => {});
  };
}
