/** A reply spoken by the server: chunk by chunk asked for, a little ahead of the one that plays. */

import { heardLength } from "../call/heard.js";
import { toProblem } from "../errors.js";

/**
 * @typedef {import("./spoken_reply.js").SpokenReply} SpokenReply
 * @typedef {import("./spoken_reply.js").Chunk} Chunk
 * @typedef {import("./spoken_reply.js").Pace} Pace
 * @typedef {import("../audio/pcm_player.js").PcmPlayer} PcmPlayer
 * @typedef {import("../audio/pcm_segment.js").PcmSegment} PcmSegment
 * @typedef {import("../errors.js").Problem} Problem
 *
 * @typedef {object} SpeechEvents
 * @property {() => void} sounds   something of the reply is heard now
 * @property {() => void} moved    more of it was heard
 * @property {() => void} changed  a length is known better
 * @property {() => void} over     all of it was heard
 * @property {(why: Problem) => void} broke  it cannot go on; what is left was given back to the reply
 *
 * @typedef {(text: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>} Fetch
 */

/** Requests ahead of the chunk that plays. */
const AHEAD = 2;

/** A failure before the first sound that took longer would keep the listener waiting too long if it came twice; milliseconds. */
const QUICK = 3_000;

/** One chunk on its way. */
class Errand {
  stop = new AbortController();
  hasCome = false;

  /** @param {Chunk} chunk @param {PcmSegment} segment @param {boolean} isLastTry */
  constructor(chunk, segment, isLastTry) {
    this.chunk = chunk;
    this.segment = segment;
    this.isLastTry = isLastTry;
  }
}

export class ServerSpeech {
  #reply;
  #player;
  #pace;
  #fetch;
  #events;
  /** What was asked for and not played to its end. @type {Errand[]} */
  #errands = [];
  /** @type {Problem|null} */
  #broken = null;
  #isOver = false;
  #hasSounded = false;

  /** @param {SpokenReply} reply @param {PcmPlayer} player @param {Pace} pace @param {Fetch} fetch @param {SpeechEvents} events */
  constructor(reply, player, pace, fetch, events) {
    this.#reply = reply;
    this.#player = player;
    this.#pace = pace;
    this.#fetch = fetch;
    this.#events = events;
    player.ready.catch((error) => this.#giveUp(this.#errands[0], toProblem(error)));
  }

  get positionMs() {
    return this.#player.heardMs;
  }

  get output() {
    return this.#player.output;
  }

  /** The reply has grown, or is complete. */
  more() {
    this.#ask();
    this.#settle();
  }

  /** The player's position, or what it plays, is another one. @param {PcmSegment|null} current */
  moved(current) {
    const place = this.#errands.findIndex(({ segment }) => segment === current);
    this.#errands.splice(0, current ? Math.max(place, 0) : this.#errands.length);
    if (this.#player.isPlaying && !this.#hasSounded) {
      this.#hasSounded = true;
      this.#events.sounds();
    }
    this.#events.moved();
    this.more();
  }

  /** @returns {number} milliseconds that were heard */
  stop() {
    this.#isOver = true;
    for (const { stop } of this.#errands) stop.abort();
    return this.#player.stop();
  }

  /** One request at a time waits for its first sound: two would slow each other down. */
  #ask() {
    if (this.#broken || this.#isOver || this.#errands.length > AHEAD || this.#errands.some(({ hasCome }) => !hasCome)) return;
    const chunk = this.#reply.takeNext();
    if (!chunk) return;
    const errand = new Errand(chunk, this.#player.open(this.#pace.expected(chunk.text)), false);
    this.#errands.push(errand);
    this.#run(errand);
  }

  /** @param {Errand} errand */
  async #run(errand) {
    const { chunk, segment, stop } = errand;
    const askedAt = performance.now();
    try {
      const stream = await this.#fetch(chunk.text, stop.signal);
      await segment.feed(stream, () => this.#came(errand));
      if (stop.signal.aborted) return;
      chunk.ms = segment.lengthMs;
      this.#pace.learn(chunk.text, chunk.ms);
      errand.hasCome = true;
      this.#events.changed();
      this.more();
    } catch (error) {
      if (!stop.signal.aborted) await this.#mend(errand, toProblem(error), performance.now() - askedAt);
    }
  }

  /** @param {Errand} errand */
  #came(errand) {
    if (errand.hasCome || errand.segment.lengthMs === 0 || errand.stop.signal.aborted) return;
    errand.hasCome = true;
    errand.chunk.ms = this.#pace.expected(errand.chunk.text);
    this.#events.changed();
    this.#ask();
  }

  /** @param {Errand} errand @param {Problem} why @param {number} took  milliseconds until it failed */
  async #mend(errand, why, took) {
    const isUnheard = errand.segment.lengthMs === 0 || (await errand.segment.restart());
    if (errand.stop.signal.aborted) return;
    if (!isUnheard) return this.#goOnBehind(errand);
    if (errand.isLastTry || (!errand.hasCome && took > QUICK) || isRefusal(why)) return this.#giveUp(errand, why);
    errand.isLastTry = true;
    errand.hasCome = false;
    this.#run(errand);
  }

  /** What came is played to its end; the rest is asked for from the next word on. @param {Errand} errand */
  #goOnBehind(errand) {
    const { chunk, segment } = errand;
    segment.end();
    const likelyMs = Math.max(this.#pace.expected(chunk.text), segment.lengthMs);
    const rest = this.#reply.split(chunk, heardLength([{ text: chunk.text, startMs: 0, endMs: likelyMs }], segment.lengthMs));
    chunk.ms = segment.lengthMs;
    if (rest.ms === 0) {
      this.#events.changed();
      return this.more();
    }
    const next = new Errand(rest, this.#player.open(this.#pace.expected(rest.text), segment), true);
    this.#errands.splice(this.#errands.indexOf(errand) + 1, 0, next);
    this.#events.changed();
    this.#run(next);
  }

  /** This errand and all behind it are given back. @param {Errand|undefined} errand @param {Problem} why */
  #giveUp(errand, why) {
    this.#broken = why;
    const lost = errand ? this.#errands.splice(this.#errands.indexOf(errand)) : [];
    for (const { stop } of lost) stop.abort();
    this.#player.drop(lost.map(({ segment }) => segment));
    if (lost[0]) this.#reply.giveBack(lost[0].chunk);
    this.#settle();
  }

  /** Tell once when nothing is left to play. */
  #settle() {
    if (this.#isOver || this.#errands.length > 0) return;
    if (!this.#broken && !this.#reply.isTaken) return;
    this.#isOver = true;
    if (this.#broken) this.#events.broke(this.#broken);
    else this.#events.over();
  }
}

/** The same request would be refused again. @param {Problem} why */
function isRefusal({ status }) {
  return status >= 400 && status < 500;
}
