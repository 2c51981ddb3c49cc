import assert from "node:assert/strict";
import { test } from "node:test";

import { captionOf, windowAround } from "../../static/js/call/caption.js";
import { heardLength, splitAtHeard } from "../../static/js/call/heard.js";
import { newDialogue } from "../../static/js/call/reducer.js";
import { newTurn } from "../../static/js/call/turn_list.js";

const TIMED = [{ text: "One two ", startMs: 0, endMs: 1000 }, { text: "three four.", startMs: 1500, endMs: 3000 }];

test("nothing is heard before the sound begins, all when it is over", () => {
  assert.equal(heardLength(TIMED, 0), 0);
  assert.deepEqual(splitAtHeard(TIMED, 5000), ["One two three four.", ""]);
});

test("only whole words count as heard", () => {
  assert.deepEqual(splitAtHeard(TIMED, 600), ["One ", "two three four."]);
});

test("a pause between clauses adds nothing", () => {
  assert.deepEqual(splitAtHeard(TIMED, 1200), ["One two ", "three four."]);
});

test("without times speech runs at fifteen characters a second", () => {
  const untimed = [{ text: "abcdefghi jklmno pqrst", startMs: null, endMs: null }];

  assert.equal(splitAtHeard(untimed, 700)[0], "abcdefghi ");
  assert.equal(splitAtHeard([], 700)[0], "");
});

test("the caption parts what was heard from what is to come", () => {
  const turn = newTurn({ itemId: "a", role: "assistant", text: "One two three four.", clauses: TIMED, playingSince: 10_000, responseId: "r" });

  assert.deepEqual(captionOf(newDialogue([turn]), 11_200), { role: "assistant", heard: "One two ", coming: "three four." });
});

test("a long text is shown in parts that hold the position", () => {
  const text = "A first sentence that is long enough to fill a line or two of it. ".repeat(5);
  const [start, end] = windowAround(text, 150);

  assert.ok(start <= 150 && 150 <= end && end - start <= 90);
  assert.equal(text.slice(start).trimStart().startsWith("A first"), true);
  assert.deepEqual(windowAround("", 0), [0, 0]);
});
