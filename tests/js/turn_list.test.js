import assert from "node:assert/strict";
import { test } from "node:test";

import { addTurn, newTurn } from "../../static/js/call/turn_list.js";

/** @param {string} itemId @param {number} startedAt @param {string|null} [previousId] */
function turn(itemId, startedAt, previousId = null) {
  return newTurn({ itemId, startedAt, previousId });
}

/** @param {import("../../static/js/types.js").Turn[]} turns */
function inOrder(turns) {
  return turns.every(({ startedAt }, index) => index === 0 || startedAt > (turns[index - 1]?.startedAt ?? 0));
}

test("turns have the times of their places, although the clock was put back", () => {
  const turns = [turn("a", 90_000_000), turn("b", 1_000), turn("c", 1_000)].reduce(addTurn, []);

  assert.deepEqual(turns.map(({ itemId }) => itemId), ["a", "b", "c"]);
  assert.ok(inOrder(turns));
});

test("a turn that is told late begins between its neighbours", () => {
  const turns = [turn("a", 1_000), turn("c", 2_000, "b"), turn("b", 3_000)].reduce(addTurn, []);

  assert.deepEqual(turns.map(({ itemId }) => itemId), ["a", "b", "c"]);
  assert.ok(inOrder(turns));
});
