import assert from "node:assert/strict";
import { test } from "node:test";

import { isReplyDue, seedEvents } from "../../static/js/call/seed.js";
import { newTurn } from "../../static/js/call/turn_list.js";

const turn = (/** @type {"user"|"assistant"} */ role, /** @type {string} */ text, more = {}) => newTurn({ itemId: `item_${text.slice(0, 8)}`, role, text, final: true, ...more });

test("turns become items of their role's kind, oldest first", () => {
  const events = seedEvents([turn("user", "Hello"), turn("assistant", "Hi", { interrupted: true })]);

  assert.deepEqual(events.map(({ item }) => [item.role, item.content[0]]), [
    ["user", { type: "input_text", text: "Hello" }],
    ["assistant", { type: "output_text", text: "Hi" }],
  ]);
});

test("what is not final or has no words is left out", () => {
  assert.deepEqual(seedEvents([turn("user", ""), turn("user", "Hel", { final: false })]), []);
});

test("a long past is cut at its beginning", () => {
  const events = seedEvents(Array.from({ length: 100 }, (_, index) => turn("user", `${index} ${"x".repeat(1000)}`)));

  assert.ok(events.length < 15);
  assert.ok(events.at(-1)?.item.content[0].text.startsWith("99"));
});

test("ids are no longer than providers allow", () => {
  assert.equal(seedEvents([turn("user", "Hello", { itemId: "x".repeat(60) })])[0]?.item.id.length, 32);
});

test("a reply is due after the user's word only", () => {
  assert.equal(isReplyDue([turn("user", "Hello")]), true);
  assert.equal(isReplyDue([turn("user", "Hello"), turn("assistant", "Hi")]), false);
  assert.equal(isReplyDue([]), false);
});
