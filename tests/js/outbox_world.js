/** An outbox with a server that does as it is told and a browser that keeps things in memory; time passes when a test says so. */

import { afterEach, beforeEach, mock } from "node:test";

import { newTurn } from "../../static/js/call/turn_list.js";
import { Problem } from "../../static/js/errors.js";

Object.assign(globalThis, { window: globalThis });
const { Outbox } = await import("../../static/js/call/outbox.js");

/** @typedef {import("../../static/js/call/outbox.js").Job} Job */
/** @typedef {import("../../static/js/call/shelf.js").Kept} Kept */

export const HOW = { mode: "text", provider: "test" };

/** What a browser keeps, as far as the outbox sees it. */
class Memory {
  /** @type {Map<string, Kept>} */
  kept = new Map();
  /** Of pages that are gone. @type {Kept[]} */
  left = [];

  /** @param {Kept} kept */
  async put(kept) { this.kept.set(kept.key, kept); }
  /** @param {string} key */
  async remove(key) { this.kept.delete(key); }
  /** @param {(kept: Kept[]) => void} take */
  async inherit(take) { take(this.left); return this.left; }
  get keys() { return [...this.kept.keys()]; }
}

/** A server that does as it is told. */
class Server {
  /** Problems of the next requests; null: it takes the turn. @type {(Problem|null)[]} */
  plan = [];
  /** @type {string[]} */
  asked = [];
  /** Ended by hand, one for each request, if it is slow. @type {(() => void)[]} */
  ends = [];
  isSlow = false;

  /** @param {Job} job @param {boolean} keepalive */
  async take({ thread, turn, isWithdrawn }, keepalive) {
    const id = await thread.begin();
    const what = isWithdrawn ? "withdraw" : keepalive ? "flush" : "store";
    this.asked.push(`${what} ${id}/${turn.itemId} ${turn.text}`);
    if (this.isSlow) await new Promise((resolve) => { this.ends.push(() => resolve(null)); });
    const refusal = this.plan.shift();
    if (refusal) throw refusal;
    return `<li>${turn.text}</li>`;
  }
}

/** @param {number} status @param {number|null} [retryAfterMs] */
export function problemWith(status, retryAfterMs = null) {
  return new Problem("some-trouble", "Some trouble.", { status, retryAfterMs });
}

export const DOWN = problemWith(0);

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

/** Let so much time pass, and everything happen that follows from it. @param {number} ms */
export async function pass(ms) {
  for (let left = ms; left > 0; left -= 100) {
    mock.timers.tick(Math.min(left, 100));
    for (let step = 0; step < 20; step += 1) await Promise.resolve();
  }
}

export function setUp() {
  const [server, memory] = [new Server(), new Memory()];
  const outbox = new Outbox((job, keepalive) => server.take(job, keepalive), memory);
  /** @type {string[]} */
  const told = [];
  const events = {
    stored: (/** @type {{text: string}} */ turn) => { told.push(`stored ${turn.text}`); },
    refused: (/** @type {{text: string}} */ turn) => { told.push(`refused ${turn.text}`); },
    late: () => { told.push("late"); },
    caughtUp: () => { told.push("caught up"); },
  };
  return { server, memory, outbox, events, told };
}

/** @param {string} text */
export function turnOf(text, itemId = text) {
  return newTurn({ itemId, text, role: "user", startedAt: 1_000, final: true });
}
