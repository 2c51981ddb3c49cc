import assert from "node:assert/strict";
import { test } from "node:test";

import { TurnClock, reportCalls } from "../../static/js/call/reports.js";
import { soundOf } from "../../static/js/call/sound_place.js";

/** Lets a clock look at states, each `[state, answers, ms]`; gives what it tells, by the time of the look. @param {[string, number, number][]} steps @param {number|null} [lastLoudAt] */
function looks(steps, lastLoudAt = null) {
  const clock = new TurnClock();
  const told = [];
  for (const [state, answers, ms] of steps) {
    const turns = [{ role: "user", text: "Hello" }, ...Array.from({ length: answers }, () => ({ role: "assistant", text: "Hi" }))];
    const timings = clock.look({ state, turns, lastLoudAt }, ms);
    if (timings) told.push([ms, timings]);
  }
  return told;
}

test("from the end of what was said to the first word and the first sound", () => {
  assert.deepEqual(looks([
    ["listening", 1, 0], ["user-speaking", 1, 100], ["thinking", 1, 1_000], ["thinking", 2, 1_400.4], ["speaking", 2, 1_700], ["listening", 2, 5_000],
  ]), [[1_700, { first_word_ms: 400, first_sound_ms: 700 }]]);
});

test("people wait from their last word on, and not from when its end was noticed", () => {
  /** @type {[string, number, number][]} */
  const steps = [["user-speaking", 0, 1_300], ["thinking", 0, 2_000], ["thinking", 1, 2_400], ["speaking", 1, 2_600]];
  assert.deepEqual(looks(steps, 1_450), [[2_600, { first_word_ms: 950, first_sound_ms: 1_150 }]]);
  assert.deepEqual(looks(steps, 1_200), [[2_600, { first_word_ms: 1_200, first_sound_ms: 1_400 }]]);
  assert.deepEqual(looks(steps, 200), looks(steps), "that was another turn");
});

test("a sound may come before its words", () => {
  assert.deepEqual(looks([
    ["user-speaking", 0, 0], ["thinking", 0, 100], ["speaking", 0, 600], ["speaking", 1, 650],
  ]), [[650, { first_sound_ms: 500, first_word_ms: 550 }]]);
});

test("an answer without words is told by its sound once it is over", () => {
  assert.deepEqual(looks([
    ["user-speaking", 0, 0], ["thinking", 0, 100], ["speaking", 0, 600], ["listening", 0, 900],
  ]), [[900, { first_sound_ms: 500 }]]);
});

test("nothing is told of a noise, of what is typed, or of an answer that was silenced before it began", () => {
  assert.deepEqual(looks([["user-speaking", 0, 0], ["listening", 0, 100], ["speaking", 1, 200]]), []);
  assert.deepEqual(looks([["listening", 0, 0], ["thinking", 0, 100], ["speaking", 1, 200]]), []);
  assert.deepEqual(looks([["user-speaking", 0, 0], ["thinking", 0, 100], ["listening", 0, 200], ["speaking", 1, 300]]), []);
});

test("who goes on speaking is waited for from their last word on", () => {
  assert.deepEqual(looks([
    ["user-speaking", 0, 0], ["thinking", 0, 100], ["user-speaking", 0, 300], ["thinking", 0, 1_000], ["thinking", 1, 1_200], ["speaking", 1, 1_500],
  ]), [[1_500, { first_word_ms: 200, first_sound_ms: 500 }]]);
});

test("where the sound of a turn went", () => {
  const native = { isTyped: false, mode: "native", transport: "webrtc", hearing: null, voicing: null };
  const text = { isTyped: false, mode: "text", transport: "webrtc", hearing: /** @type {const} */ ("device"), voicing: /** @type {const} */ ("browser") };
  assert.equal(soundOf({ role: "user" }, native), "provider");
  assert.equal(soundOf({ role: "assistant" }, { ...native, transport: "websocket" }), "relay");
  assert.equal(soundOf({ role: "user" }, { ...native, isTyped: true }), "none");
  assert.equal(soundOf({ role: "user" }, text), "device");
  assert.equal(soundOf({ role: "assistant" }, text), "browser");
  assert.equal(soundOf({ role: "assistant" }, { ...text, voicing: null }), "server");
});

test("what failed on the page is told, and what only is told to people is no failure", () => {
  /** @type {unknown[]} */
  const sent = [];
  globalThis.fetch = async (_url, request) => { sent.push(JSON.parse(String(request?.body)).error); return new Response(); };
  /** @type {(news: any) => void} */
  let tell = () => {};
  const registry = /** @type {any} */ ({ subscribe: (/** @type {typeof tell} */ listener) => { tell = listener; return () => {}; } });
  const stop = reportCalls(registry);

  for (const code of ["budget-soon", "budget-text", "budget-engine", "budget-end", "ending-soon", "moved-to-relay", "line-failed"]) {
    tell({ type: "notice", sessionId: "one", session: { callId: "call_1" }, detail: { code, status: 0 } });
  }
  stop();

  assert.deepEqual(sent, ["line-failed"]);
});
