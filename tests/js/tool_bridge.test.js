import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { setUp } from "./calling_model.js";

test("a tool that takes longer than two seconds is bridged once", async () => {
  const { call, conversation, confirm, end, hear, of } = setUp();
  call(["clock"]);
  mock.timers.tick(1_999);
  assert.deepEqual(of("response.create"), []);
  mock.timers.tick(1);
  assert.equal(of("response.create").length, 1);
  assert.equal(of("response.create")[0]?.response.tool_choice, "none");
  hear({ type: "response.created", response: { id: "bridge", conversation_id: "conv" } });
  await end(0, "noon");
  confirm();
  assert.equal(of("response.create").length, 1, "one reply at a time");

  hear({ type: "response.done", response: { id: "bridge", status: "completed", conversation_id: "conv" } });
  mock.timers.tick(10_000);

  assert.equal(of("response.create").length, 2);
  assert.equal(of("response.create")[1]?.response, undefined);
  assert.equal(conversation.dialogue.isWorking, false);
});

test("a server that makes no such reply holds nothing up", async () => {
  const { call, end, hear, of } = setUp();
  call(["clock"]);
  mock.timers.tick(2_000);
  hear({ type: "error", error: { code: "mended", event_id: of("response.create")[0]?.event_id }, mended: true });

  await end(0, "noon");

  assert.equal(of("response.create").length, 2);
});

test("a quick tool is not bridged", async () => {
  const { call, end, of } = setUp();
  call(["clock"]);
  await end(0, "noon");
  mock.timers.tick(5_000);

  assert.equal(of("response.create").length, 1);
  assert.equal(of("response.create")[0]?.response, undefined);
});

test("who speaks is not talked over; the answer to what was said knows the output", async () => {
  const { call, confirm, conversation, end, hear, of } = setUp();
  call(["clock"]);
  hear({ type: "input_audio_buffer.speech_started", item_id: "user_1" });
  await end(0, "noon");
  confirm();
  assert.deepEqual(of("response.create"), []);

  hear({ type: "input_audio_buffer.speech_stopped", item_id: "user_1" });
  hear({ type: "response.created", response: { id: "resp_9", conversation_id: "conv" } });
  hear({ type: "response.done", response: { id: "resp_9", status: "completed", conversation_id: "conv" } });

  assert.deepEqual(of("response.create"), []);
  assert.equal(conversation.activity, "listening");
});

test("if what was said was nothing, the output is spoken about after all", async () => {
  const { call, confirm, end, hear, of } = setUp();
  call(["clock"]);
  hear({ type: "input_audio_buffer.speech_started", item_id: "user_1" });
  await end(0, "noon");
  confirm();
  hear({ type: "input_audio_buffer.speech_stopped", item_id: "user_1" });

  hear({ type: "conversation.item.input_audio_transcription.completed", item_id: "user_1", transcript: "" });

  assert.equal(of("response.create").length, 1);
});

test("while our own voice speaks the next reply waits", async () => {
  const { call, conversation, end, of } = setUp();
  const id = call(["clock"]);
  conversation.take({ type: "app.voice.begun", response_id: id });
  await end(0, "noon");
  assert.deepEqual(of("response.create"), []);

  conversation.take({ type: "app.voice.done", response_id: id });

  assert.equal(of("response.create").length, 1);
});

test("who asks for silence gets it, and the model its output", async () => {
  const { call, conversation, end, of, outputs, tools } = setUp();
  call(["clock"]);
  tools.hush();
  assert.equal(conversation.activity, "listening");

  await end(0, "noon");
  mock.timers.tick(10_000);

  assert.deepEqual(outputs(), ["noon"]);
  assert.deepEqual(of("response.create"), []);
});

test("a reply that was cancelled is not gone on with", async () => {
  const { call, conversation, end, of, outputs } = setUp();
  call(["clock"], { status: "cancelled" });
  assert.equal(conversation.activity, "listening");

  await end(0, "noon");

  assert.deepEqual(outputs(), ["noon"]);
  assert.deepEqual(of("response.create"), []);
});
