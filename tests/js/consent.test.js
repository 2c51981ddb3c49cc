import assert from "node:assert/strict";
import { test } from "node:test";

import { judge } from "../../static/js/call/consent.js";

/** @param {[at: number, received: number, checks: number][]} looks @returns {boolean} the last verdict */
function verdict(looks) {
  /** @type {import("../../static/js/call/consent.js").Sign|null} */
  let last = null;
  let isSilent = false;
  for (const [at, received, checks] of looks) ({ sign: last, isSilent } = judge(last, { at, received, checks }));
  return isSilent;
}

test("a side that answers nothing for five seconds is gone", () => {
  assert.equal(verdict([[0, 100, 4], [1_000, 200, 4], [4_000, 200, 9], [6_000, 200, 20]]), true);
});

test("a gap of some seconds is none", () => {
  assert.equal(verdict([[0, 100, 4], [3_000, 100, 9], [4_000, 130, 12], [8_000, 130, 20]]), false);
});

test("a page that slept asks a few times before it gives up", () => {
  assert.equal(verdict([[0, 100, 4], [600_000, 100, 5]]), false);
});

test("a browser that counts no checks is left to judge by itself", () => {
  assert.equal(verdict([[0, 100, 0], [60_000, 100, 0]]), false);
});
