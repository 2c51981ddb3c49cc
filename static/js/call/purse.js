/**
 * What a call costs. What the provider tells of use is handed to the server, which knows the prices, counts each event once
 * and says what becomes of the call when the day's money is used up: a cheaper mode, the engine, or its end.
 */

import { sendUsage } from "../api.js";
import { Problem } from "../errors.js";

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").Tally} Tally */

/**
 * @typedef {object} PurseEvents
 * @property {() => string|null} callId  of the line that stands
 * @property {() => void} change  of what it costs
 * @property {(what: Problem) => void} notice
 * @property {(landing: "text"|"engine") => Promise<void>} land
 */

/** Events that one request may carry. */
const MOST = 50;

/** What is wrong with the events, or with their call, stays wrong. All else passes, also a sign-in that ran out. */
const FINAL = [400, 404, 410, 413, 415, 422];

/** @type {Record<string, [title: string, message: string]>} */
const SENTENCES = {
  "budget-soon": ["Money is running out", "This server has used up most of what it may spend today."],
  "budget-text": ["On in text mode", "Today’s money is used up, so this talk goes on in text mode for two minutes."],
  "budget-engine": ["On with the engine", "Today’s money is used up, so the engine on this server takes over. It costs nothing."],
  "budget-end": ["Ends soon", "Today’s money is used up, so this call ends within two minutes. What was said is kept."],
};

export class Purse {
  #events;
  /** Dollars of each call on the server; null: a price is not known. @type {Map<string, number|null>} */
  #costs = new Map();
  /** What each turn has cost, as above. @type {Map<string, number|null>} */
  turns = new Map();
  /** Not handed over yet. @type {{callId: string, event: RealtimeEvent}[]} */
  #waiting = [];
  #isSending = false;
  /** The call is over, and nothing becomes of it any more. */
  #isOver = false;
  /** What was told, and what was done. @type {Set<string>} */
  #done = new Set();

  /** @param {PurseEvents} events */
  constructor(events) {
    this.#events = events;
  }

  /** Dollars so far; null: it cannot be told. */
  get usd() {
    const costs = [...this.#costs.values()];
    return costs.includes(null) ? null : costs.reduce((sum, cost) => /** @type {number} */ (sum) + (cost ?? 0), 0);
  }

  /** @param {RealtimeEvent} event  of the provider */
  hear(event) {
    const callId = this.#events.callId();
    const used = usedIn(event);
    if (!callId || !used) return;
    this.#waiting.push({ callId, event: used });
    this.#hand();
  }

  /** What the server says of a call. @param {string} callId @param {Tally} tally */
  take(callId, { cost_usd, budget, landing, turns = {} }) {
    this.#costs.set(callId, more(this.#costs.get(callId), cost_usd));
    for (const [itemId, cost] of Object.entries(turns)) this.turns.set(itemId, cost);
    this.#events.change();
    if (this.#waiting.length) this.#hand();
    if (this.#isOver || callId !== this.#events.callId()) return;
    if (budget && budget.share < 1 && !landing) this.#tell("budget-soon");
    if (landing) this.#land(callId, landing);
  }

  /** The call is over, maybe with its page: hand over all that waits, also what is under way, since the server counts each event once. */
  flush() {
    this.#isOver = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    while (waiting.length) {
      const { callId } = waiting[0] ?? { callId: "" };
      const end = waiting.findIndex((each) => each.callId !== callId);
      const batch = waiting.splice(0, Math.min(end < 0 ? MOST : end, MOST));
      sendUsage(callId, batch.map(({ event }) => event)).then((tally) => this.take(callId, tally), () => {});
    }
  }

  async #hand() {
    const callId = this.#waiting[0]?.callId;
    if (!callId || this.#isSending) return;
    this.#isSending = true;
    const batch = this.#waiting.filter((each) => each.callId === callId).slice(0, MOST);
    let isLost = false;
    /** @type {Tally|null} */
    let tally = null;
    try {
      tally = await sendUsage(callId, batch.map(({ event }) => event));
    } catch (error) {
      // A server that cannot be reached is told later, with the next event or heartbeat; one that refuses is not asked again.
      isLost = error instanceof Problem && FINAL.includes(error.status);
    }
    this.#isSending = false;
    if (!tally && !isLost) return;
    this.#waiting = this.#waiting.filter((each) => !batch.includes(each));
    if (tally) this.take(callId, tally);
    else this.#hand();
  }

  /** @param {string} callId @param {"text"|"engine"|"end"} landing */
  async #land(callId, landing) {
    const key = `${callId} ${landing}`;
    if (this.#done.has(key)) return;
    this.#done.add(key);
    this.#tell(`budget-${landing}`);
    if (landing === "end") return;
    try {
      await this.#events.land(landing);
    } catch {
      this.#done.delete(key); // the next heartbeat tries again
    }
  }

  /** @param {string} code */
  #tell(code) {
    const [title, message] = SENTENCES[code] ?? ["", ""];
    if (this.#done.has(code)) return;
    this.#done.add(code);
    this.#events.notice(new Problem(code, message, { title }));
  }
}

/** What a call costs never falls: an answer that says less was overtaken by a later one. @param {number|null|undefined} known @param {number|null} told */
function more(known, told) {
  return known === null || told === null ? null : Math.max(known ?? 0, told);
}

/**
 * What of an event tells of use; null: nothing. Pure.
 * @param {RealtimeEvent} event
 * @returns {RealtimeEvent|null}
 */
export function usedIn({ type, response, item_id, content_index, usage }) {
  if (type === "response.done" && response?.usage) {
    /** @type {{id: string, type: string}[]} */
    const items = (response.output ?? []).filter(Boolean);
    const output = items.map((item) => ({ id: item.id, type: item.type }));
    return { type, response: { id: response.id, usage: response.usage, output: output.slice(0, 9) } };
  }
  if (type === "conversation.item.input_audio_transcription.completed" && usage) return { type, item_id, content_index, usage };
  return null;
}
