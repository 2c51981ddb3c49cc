import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_TRIES, pauseBefore } from "../../static/js/call/back_off.js";
import { isHarmless, messageItem, newItemId, parseEvent } from "../../static/js/call/events.js";
import { lineOf, redacted } from "../../static/js/page/event_rows.js";

test("what is not an event is nothing", () => {
  for (const message of ["", "{", "null", "[]", "{}", '{"type":1}', new ArrayBuffer(2)]) assert.equal(parseEvent(message), null);
});

test("old names become today's", () => {
  assert.equal(parseEvent('{"type":"response.audio_transcript.delta"}')?.type, "response.output_audio_transcript.delta");
  assert.equal(parseEvent('{"type":"conversation.item.created"}')?.type, "conversation.item.added");
  assert.equal(parseEvent('{"type":"response.done"}')?.type, "response.done");
});

test("only known races are harmless", () => {
  assert.equal(isHarmless({ type: "error", error: { code: "input_audio_buffer_commit_empty" } }), true);
  assert.equal(isHarmless({ type: "error", error: { code: "server_error" } }), false);
});

test("a typed message carries its text and a short id", () => {
  const id = newItemId();

  assert.ok(id.length <= 32);
  assert.deepEqual(messageItem(id, "user", "Hi").item.content, [{ type: "input_text", text: "Hi" }]);
});

test("pauses grow and spread", () => {
  assert.equal(pauseBefore(1, 0.5), 300);
  assert.ok(pauseBefore(2, 0) < pauseBefore(2, 1));
  assert.equal(pauseBefore(MAX_TRIES + 5, 0.5), 5_000);
});

test("the log shows no keys and no sound", () => {
  const text = redacted({ client_secret: { value: "ek_abc" }, note: "Bearer ek_abcdef", audio: "AAAA", list: ["x".repeat(9_000)] });

  assert.ok(!text.includes("ek_a"));
  assert.ok(!text.includes("AAAA"));
  assert.ok(text.length < 5_000);
});

test("a line names time, direction and type", () => {
  assert.match(lineOf({ at: 0, direction: "server", type: "response.done", detail: {} }), /^\d\d:\d\d:\d\d\.000 server response\.done$/);
});
