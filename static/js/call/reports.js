/** Tells the server how it went: how long somebody waited, and what failed here. It follows the calls of the page from outside. */

import { sendReport } from "../api.js";

/** @typedef {import("./registry.js").Session} Session */
/** @typedef {{mint_ms?: number, connect_ms?: number, first_word_ms?: number, first_sound_ms?: number}} Timings */

/** The address whose requests make a key. */
const MINT = "/api/realtime/session";

/** What people are told though nothing failed. */
const NO_FAILURE = /^(ending-soon|moved-to-relay|budget-.*)$/;

/** @param {import("./registry.js").Registry} registry @returns {() => void} stops it */
export function reportCalls(registry) {
  /** @type {Map<string, TurnClock>} */
  const clocks = new Map();
  const mints = watchMints();
  const unsubscribe = registry.subscribe(({ type, sessionId, session, detail }) => {
    const clock = clocks.get(sessionId) ?? new TurnClock();
    clocks.set(sessionId, clock);
    if (type === "closed") clocks.delete(sessionId);
    if (type === "log") tell(session, timingsOf(detail, mints.last ?? undefined));
    if (type === "state" || type === "dialogue") tell(session, clock.look(session, performance.now()));
    if (type === "notice") tellFailure(session, detail);
  });
  return () => { unsubscribe(); mints.stop(); };
}

/** Somebody was heard up to this long before it was told that they speak, milliseconds. */
const BEFORE_TOLD = 1_000;

/** When the person fell silent, and when the answer was seen and heard. Pure. */
export class TurnClock {
  /** When the person's last words were over, milliseconds; null: nothing is waited for. @type {number|null} */
  #since = null;
  #state = "idle";
  #speakingSince = 0;
  /** Answers before the one that is waited for. */
  #answers = 0;
  /** @type {Timings} */
  #known = {};

  /**
   * @param {{state: string, turns: {role: string, text: string}[], lastLoudAt: number|null}} session
   * @param {number} now  milliseconds, as lastLoudAt
   * @returns {Timings|null} of an answer, once both are known or it is over
   */
  look(session, now) {
    const { state } = session;
    const before = this.#state;
    this.#state = state;
    if (before !== "user-speaking" && state === "user-speaking") this.#speakingSince = now;
    if (before === "user-speaking" && state === "thinking") this.#begin(session, now);
    if (this.#since === null) return null;
    const waited = Math.round(now - this.#since);
    if (state === "speaking") this.#known.first_sound_ms ??= waited;
    if (this.#known.first_word_ms === undefined && answersIn(session) > this.#answers) this.#known.first_word_ms = waited;
    const isOver = state !== "thinking" && state !== "speaking";
    const { first_sound_ms, first_word_ms } = this.#known;
    if (!isOver && (first_sound_ms === undefined || first_word_ms === undefined)) return null;
    this.#since = null;
    return first_sound_ms === undefined ? null : this.#known; // silenced, or to be read only
  }

  /**
   * That a turn is over is noticed after a pause; people wait from their last word on. Where no level was looked at, as in a
   * tab behind, the pause is left out.
   * @param {{turns: {role: string, text: string}[], lastLoudAt: number|null}} session @param {number} now
   */
  #begin(session, now) {
    const { lastLoudAt } = session;
    const isOfThis = lastLoudAt !== null && lastLoudAt > this.#speakingSince - BEFORE_TOLD;
    this.#since = isOfThis ? lastLoudAt : now;
    this.#answers = answersIn(session);
    this.#known = {};
  }
}

/** @param {{turns: {role: string, text: string}[]}} session */
function answersIn({ turns }) {
  return turns.filter(({ role, text }) => role === "assistant" && text).length;
}

/**
 * Of a call that has just been connected. Its key was there before; the browser measures that a little late.
 * @param {any} entry  of the log @param {number} [mint_ms] @returns {Timings|null}
 */
function timingsOf({ type, detail }, mint_ms) {
  return type === "channel.open" ? { connect_ms: detail.milliseconds, mint_ms } : null;
}

/** How long the last key took, by the browser's own measure. */
function watchMints() {
  /** @type {{last: number|null, stop: () => void}} */
  const watch = { last: null, stop: () => observer.disconnect() };
  const observer = new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (new URL(name).pathname === MINT) watch.last = Math.round(duration);
  });
  observer.observe({ type: "resource", buffered: true });
  return watch;
}

/** The server knows by itself what it refused. @param {Session} session @param {any} problem */
function tellFailure({ callId }, { status, code }) {
  if (!status && !NO_FAILURE.test(code)) send({ call_id: callId, error: code });
}

/** @param {Session} session @param {Timings|null} timings */
function tell({ callId }, timings) {
  if (timings && callId) send({ call_id: callId, timings });
}

/** A report that does not arrive is no trouble of anybody's. @param {object} report */
function send(report) {
  sendReport(report).catch(() => {});
}
