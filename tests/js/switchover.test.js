import assert from "node:assert/strict";
import { test } from "node:test";

import { newDialogue } from "../../static/js/call/reducer.js";

Object.assign(globalThis, { window: globalThis });
const { Switchover } = await import("../../static/js/call/switchover.js");

/** @typedef {import("../../static/js/types.js").Dialogue} Dialogue */

/** A line whose connections are made when the test says so. */
function setUp() {
  /** @type {{dialogue: Dialogue, isReady: boolean, taken: string[], opened: string[], failure: Error|null}} */
  const state = { dialogue: newDialogue(), isReady: true, taken: [], opened: [], failure: null };
  let newest = {};
  const line = {
    /** @param {import("../../static/js/call/lifeline.js").Plan} plan @param {() => Promise<void>} boundary @param {() => void} takeOver */
    async exchange(plan, boundary, takeOver) {
      const mine = newest = {};
      state.opened.push(String(plan.wishes.mode));
      if (state.failure) throw state.failure;
      await boundary();
      if (mine !== newest) return false;
      takeOver();
      return true;
    },
    giveUpExchange() { newest = {}; },
  };
  const switchover = new Switchover({
    line: /** @type {any} */ (line),
    isReady: () => state.isReady,
    dialogue: () => state.dialogue,
    planFor: ({ mode = "native" }) => ({ wishes: { mode }, direction: "sendrecv", transport: "auto" }),
    takeOver: (_, { mode = "native" }) => { state.taken.push(mode); },
  });
  return { state, switchover };
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 20));
const native = { mode: "native" };

test("a line takes over at once where all is quiet", async () => {
  const { state, switchover } = setUp();
  await switchover.to(native);

  assert.deepEqual(state.taken, ["native"]);
});

test("it takes over when the answer was heard", async () => {
  const { state, switchover } = setUp();
  state.dialogue = { ...state.dialogue, playingId: "resp_1" };
  const switched = switchover.to(native);
  await moment();
  switchover.look();
  await moment();
  assert.deepEqual(state.taken, []);

  state.dialogue = newDialogue();
  switchover.look();
  await switched;

  assert.deepEqual(state.taken, ["native"]);
});

test("before the first line stands it is not exchanged", async () => {
  const { state, switchover } = setUp();
  state.isReady = false;
  const switched = switchover.to(native);
  await moment();
  assert.deepEqual(state.opened, []);

  state.isReady = true;
  switchover.look();
  await switched;

  assert.deepEqual(state.taken, ["native"]);
});

test("the newest wish counts, and both who wished are told", async () => {
  const { state, switchover } = setUp();
  state.dialogue = { ...state.dialogue, playingId: "resp_1" };
  const first = switchover.to(native);
  await moment();
  const second = switchover.to({ voice: "another" });
  await moment();
  state.dialogue = newDialogue();
  switchover.look();
  await Promise.all([first, second]);

  assert.deepEqual(state.taken, ["native"]);
  assert.equal(state.opened.length, 2);
});

test("a line that was lost meanwhile needs no boundary", async () => {
  const { state, switchover } = setUp();
  state.dialogue = { ...state.dialogue, playingId: "resp_1" };
  const switched = switchover.to(native);
  await moment();
  state.isReady = false;
  switchover.look();
  await switched;

  assert.deepEqual(state.taken, ["native"]);
});

test("a failure is told, and the next wish is tried anew", async () => {
  const { state, switchover } = setUp();
  state.failure = new Error("no line");
  await assert.rejects(switchover.to(native), /no line/);
  state.failure = null;
  await switchover.to(native);

  assert.deepEqual(state.taken, ["native"]);
});

test("a call that is over lets go of whoever waits", async () => {
  const { state, switchover } = setUp();
  state.dialogue = { ...state.dialogue, playingId: "resp_1" };
  const switched = switchover.to(native);
  await moment();
  switchover.stop();
  await switched;
  await switchover.to(native);

  assert.deepEqual(state.taken, []);
});
