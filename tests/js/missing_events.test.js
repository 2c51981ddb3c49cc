import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { parseEvent } from "../../static/js/call/events.js";
import { activityOf, newDialogue, reduce } from "../../static/js/call/reducer.js";

Object.assign(globalThis, { window: globalThis });
const { MissingEvents } = await import("../../static/js/call/missing_events.js");

/** @typedef {import("../../static/js/types.js").RealtimeEvent} RealtimeEvent */

const U = "item_user";
const A = "item_assistant";
const R = "resp_1";
const WORDS = "Paris is in the north of France.";

const started = { type: "input_audio_buffer.speech_started", item_id: U };
const stopped = { type: "input_audio_buffer.speech_stopped", item_id: U };
const committed = { type: "input_audio_buffer.committed", item_id: U };
const transcribed = { type: "conversation.item.input_audio_transcription.completed", item_id: U, transcript: "Where is Paris?" };
const created = { type: "response.created", response: { id: R, conversation_id: "conv" } };
const words = { type: "response.output_audio_transcript.delta", response_id: R, item_id: A, delta: WORDS };
const lastWords = { type: "response.output_audio_transcript.done", response_id: R, item_id: A, transcript: WORDS };
const done = { type: "response.done", response: { id: R, status: "completed", output_modalities: ["audio"] } };
const sounds = { type: "output_audio_buffer.started", response_id: R };
const silent = { type: "output_audio_buffer.stopped", response_id: R };
const WHOLE = [["user", "Where is Paris?", true, false], ["assistant", WORDS, true, false]];

/** A page that hears a server of few words. */
class Page {
  level = 0;
  dialogue = newDialogue();
  /** @type {RealtimeEvent[]} */
  told = [];
  missing = new MissingEvents((event) => {
    this.told.push(event);
    this.dialogue = reduce(this.dialogue, event, Date.now());
  }, () => this.level);

  /** @param {RealtimeEvent[]} events */
  hear(...events) {
    for (const event of events) this.missing.hear(/** @type {RealtimeEvent} */ (parseEvent(JSON.stringify(event))));
  }

  /** @param {number} milliseconds */
  wait(milliseconds) {
    for (let passed = 0; passed < milliseconds; passed += 50) mock.timers.tick(50); // one step would show all timers its end as the time
  }

  get rows() {
    return this.dialogue.turns.map(({ role, text, final, interrupted }) => [role, text, final, interrupted]);
  }

  get activity() {
    return activityOf(this.dialogue);
  }

  get supplied() {
    return this.told.filter((event) => event.supplied).map(({ type }) => type);
  }
}

/** @type {Page} */
let page;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  page = new Page();
});

afterEach(() => {
  page.missing.stop();
  mock.timers.reset();
});

test("a server that says everything gets nothing added", () => {
  const item = { id: A, type: "message", role: "assistant", content: [] };
  page.hear(started, stopped, committed, transcribed, created, { type: "response.output_item.added", response_id: R, item }, words, sounds, lastWords, done, silent);
  page.level = 0.5;
  page.wait(20_000);

  assert.deepEqual(page.supplied, []);
  assert.deepEqual(page.rows, WHOLE);
});

test("what passes a filter is enough for a spoken turn", () => {
  page.hear(started, stopped);
  assert.equal(page.activity, "thinking");
  page.hear(words, sounds, lastWords, transcribed);
  page.wait(1_000);
  assert.equal(page.activity, "speaking");
  page.hear(silent);

  assert.deepEqual(page.supplied, ["response.created", "response.done"]);
  assert.deepEqual(page.rows, WHOLE);
  assert.equal(page.activity, "listening");
});

test("what passes a filter is enough for an answer in words", () => {
  page.hear({ ...words, type: "response.output_text.delta" }, { ...lastWords, type: "response.output_text.done", text: WORDS });
  page.wait(1_000);

  assert.deepEqual(page.rows, [WHOLE[1]]);
  assert.equal(page.activity, "listening");
});

test("speaking into a filtered reply ends it", () => {
  page.hear({ ...words, audio_start_ms: 0, audio_end_ms: 3_000 }, sounds);
  page.wait(1_500);
  page.hear({ ...started, item_id: "item_next" });

  assert.deepEqual(page.rows[0], ["assistant", "Paris is in the", true, true]);
  assert.equal(page.activity, "user-speaking");
});

test("a request to be silent that nobody confirms is done all the same", () => {
  page.hear(words, sounds);
  page.wait(500);
  page.missing.sent({ type: "response.cancel" });
  page.missing.sent({ type: "output_audio_buffer.clear" });
  page.wait(1_000);

  assert.deepEqual(page.supplied.slice(1), ["response.done", "output_audio_buffer.cleared"]);
  assert.equal(page.activity, "listening");
});

test("an item that is named before its reply belongs to it", () => {
  const item = { id: A, type: "message", role: "assistant", content: [] };
  page.hear({ type: "conversation.item.added", item }, { ...words, audio_start_ms: 0, audio_end_ms: 3_000 }, sounds, lastWords);
  page.wait(1_500);
  page.missing.sent({ type: "output_audio_buffer.clear" });
  page.wait(500);

  assert.deepEqual(page.rows, [["assistant", "Paris is in the", true, true]]);
  assert.equal(page.activity, "listening");
});

test("the next reply ends one that was never ended", () => {
  page.hear(words, { ...words, response_id: "resp_2", item_id: "item_2" });

  assert.deepEqual(page.supplied, ["response.created", "response.done", "response.created"]);
  assert.equal(page.dialogue.responseId, "resp_2");
});

test("a reply that is announced late is announced once", () => {
  page.hear(words, created, lastWords, done);

  assert.deepEqual(page.told.filter(({ type }) => type === "response.created").length, 1);
});

test("an announced reply without an end is not waited for without end", () => {
  page.hear(created, words, lastWords);
  page.wait(4_000);
  assert.deepEqual(page.supplied, []);
  page.wait(10_000);

  assert.deepEqual(page.supplied.slice(0, 1), ["response.done"]);
  assert.equal(page.activity, "listening");
});

test("sound that is not told is told from its level", () => {
  page.hear(started, stopped, committed, transcribed, created, words);
  page.wait(200);
  page.level = 0.5;
  page.wait(200);
  assert.equal(page.activity, "speaking");
  page.hear(lastWords, done);
  page.wait(2_000);
  assert.equal(page.activity, "speaking");
  assert.equal(page.dialogue.turns[1]?.final, false);
  page.level = 0.01;
  page.wait(1_000);

  assert.deepEqual(page.supplied, ["output_audio_buffer.started", "output_audio_buffer.stopped"]);
  assert.deepEqual(page.rows, WHOLE);
  assert.equal(page.activity, "listening");
});

test("a pause between two sentences is no end", () => {
  page.hear(created, words);
  page.level = 0.5;
  page.wait(100);
  page.hear(lastWords, done);
  page.level = 0;
  page.wait(500);
  page.level = 0.5;
  page.wait(100);

  assert.equal(page.activity, "speaking");
});

test("sound that breaks off when the person speaks was interrupted", () => {
  page.hear(created, { ...words, audio_start_ms: 0, audio_end_ms: 3_000 });
  page.level = 0.5;
  page.wait(1_500);
  page.hear({ ...started, item_id: "item_next" }, { ...done, response: { ...done.response, status: "cancelled" } });
  page.level = 0;
  page.wait(400);

  assert.deepEqual(page.supplied, ["output_audio_buffer.started", "output_audio_buffer.cleared"]);
  assert.equal(page.rows[0]?.[3], true);
});

test("a reply without any sound is there to be read", () => {
  page.hear(created, words, lastWords, done);
  page.wait(5_000);

  assert.deepEqual(page.rows, [WHOLE[1]]);
  assert.equal(page.activity, "listening");
});

test("events without ids find their turn", () => {
  page.hear({ type: started.type }, { type: stopped.type }, { type: committed.type }, { type: transcribed.type, transcript: "Where is Paris?" });
  page.hear({ type: words.type, delta: WORDS }, { type: lastWords.type, transcript: WORDS });
  page.wait(10_000);

  assert.deepEqual(page.rows, WHOLE);
});

test("the beta's session and replies are read as today's", () => {
  const session = { id: "sess_1", modalities: ["text", "audio"], voice: "alloy", turn_detection: { type: "server_vad" }, input_audio_format: "pcm16" };
  page.hear({ type: "session.created", session }, { type: "response.done", response: { id: R, modalities: ["text"] } });

  assert.equal(page.told[0]?.session.audio.input.turn_detection.type, "server_vad");
  assert.deepEqual(page.told[0]?.session.output_modalities, ["audio"]);
  assert.deepEqual(page.told[1]?.response.output_modalities, ["text"]);
});
