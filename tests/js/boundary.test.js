import assert from "node:assert/strict";
import { test } from "node:test";

import { PATIENCE, isBoundary } from "../../static/js/call/boundary.js";
import { newDialogue } from "../../static/js/call/reducer.js";
import { newTurn } from "../../static/js/call/turn_list.js";

const user = newTurn({ itemId: "item_1", text: "Hello", final: true });
const quiet = newDialogue([user]);
const thinking = { ...quiet, awaitingSince: 1 };
const speaking = { ...quiet, playingId: "resp_1" };

test("where nothing goes on a line may be exchanged at once", () => {
  assert.equal(isBoundary(quiet, 0), true);
  assert.equal(isBoundary(newDialogue(), 0), true);
});

test("no line is exchanged while somebody speaks, or an answer sounds", () => {
  for (const dialogue of [{ ...quiet, userSpeaking: true }, { ...quiet, isTalking: true }, speaking]) {
    assert.equal(isBoundary(dialogue, 0), false);
    assert.equal(isBoundary(dialogue, PATIENCE * 10), false);
  }
});

test("an answer is waited for, but not for ever", () => {
  assert.equal(isBoundary(thinking, 0), false);
  assert.equal(isBoundary(thinking, PATIENCE), true);
});
