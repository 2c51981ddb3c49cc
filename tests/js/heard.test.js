import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

/** What a Piper voice (en_US-joe-medium) said when, from the lengths that it gives its phonemes: each word's end in milliseconds. */
/** @type {{text: string, ms: number, ends: number[]}[]} */
const ALIGNED = JSON.parse(readFileSync(new URL("../data/alignments.json", import.meta.url), "utf8"));

/** @param {string} text */
const countWords = (text) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

test("what was heard is right within one word, wherever the sound is cut", () => {
  const errors = ALIGNED.flatMap(({ text, ms, ends }) =>
    Array.from({ length: 39 }, (_, step) => {
      const cut = (ms * (step + 1)) / 40;
      const [heard] = splitAtHeard([{ text, startMs: 0, endMs: ms }], cut);
      return Math.abs(countWords(heard) - ends.filter((end) => end <= cut).length);
    }),
  );

  assert.ok(errors.filter((error) => error <= 1).length / errors.length > 0.97);
  assert.ok(errors.reduce((sum, error) => sum + error) / errors.length < 0.35);
});

test("numbers take longer than their digits look, marks of Markdown take nothing", () => {
  const timed = (/** @type {string} */ text) => [{ text, startMs: 0, endMs: 1000 }];

  assert.equal(splitAtHeard(timed("In 1969 somebody walked"), 500)[0], "In ");
  assert.equal(splitAtHeard(timed("***very*** well"), 600)[0], "***very*** ");
  assert.equal(splitAtHeard(timed("[one](https://example.com/a/very/long/path) two"), 600)[0], "[one](https://example.com/a/very/long/path) ");
});

test("a script without spaces is cut at its signs", () => {
  assert.equal(splitAtHeard([{ text: "今天天气很好，我们去吧。", startMs: 0, endMs: 2000 }], 1350)[0], "今天天气很好，我");
});

test("a clause of marks only is over with its sound", () => {
  const clauses = [{ text: "***\n", startMs: 0, endMs: 0 }, { text: "So", startMs: 0, endMs: 400 }];

  assert.deepEqual(splitAtHeard(clauses, 10), ["***\n", "So"]);
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
