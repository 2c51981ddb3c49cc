import assert from "node:assert/strict";
import { test } from "node:test";

import { parseEvent } from "../../static/js/call/events.js";
import { activityOf, newDialogue, reduce } from "../../static/js/call/reducer.js";

/** @typedef {import("../../static/js/types.js").RealtimeEvent} RealtimeEvent */

const U = "item_user";
const A = "item_assistant";
const R = "resp_1";

const started = { type: "input_audio_buffer.speech_started", item_id: U, audio_start_ms: 0 };
const stopped = { type: "input_audio_buffer.speech_stopped", item_id: U, audio_end_ms: 900 };
const committed = { type: "input_audio_buffer.committed", item_id: U, previous_item_id: null };
const transcribed = { type: "conversation.item.input_audio_transcription.completed", item_id: U, transcript: "Where is Paris?" };
const created = { type: "response.created", response: { id: R, conversation_id: "conv" } };
const begun = { type: "response.output_item.added", response_id: R, item: { id: A, type: "message", role: "assistant", content: [] } };
const first = { type: "response.output_audio_transcript.delta", response_id: R, item_id: A, delta: "Paris is in ", audio_start_ms: 0, audio_end_ms: 1000 };
const second = { type: "response.output_audio_transcript.delta", response_id: R, item_id: A, delta: "the north of France.", audio_start_ms: 1000, audio_end_ms: 3000 };
const playing = { type: "output_audio_buffer.started", response_id: R };
const finished = { type: "response.done", response: { id: R, status: "completed" } };
const played = { type: "output_audio_buffer.stopped", response_id: R };
const cancelled = { type: "response.done", response: { id: R, status: "cancelled", status_details: { reason: "turn_detected" } } };
const cleared = { type: "output_audio_buffer.cleared", response_id: R };

const question = [started, stopped, committed, transcribed];
const reply = [created, begun, first, second, playing, finished];

/** @param {RealtimeEvent[]} events @param {number} [from] */
function after(events, from = 1_000) {
  return events.reduce((dialogue, event, index) => reduce(dialogue, event, from + index), newDialogue());
}

/** @param {import("../../static/js/types.js").Dialogue} dialogue */
function rows({ turns }) {
  return turns.map(({ role, text, final, interrupted }) => [role, text, final, interrupted]);
}

const WHOLE = [["user", "Where is Paris?", true, false], ["assistant", "Paris is in the north of France.", true, false]];

test("a spoken turn and its reply become two final rows", () => {
  assert.deepEqual(rows(after([...question, ...reply, played])), WHOLE);
});

test("the activity follows the talk", () => {
  const states = [...question, ...reply, played].map((_, index, all) => activityOf(after(all.slice(0, index + 1))));

  assert.deepEqual([...new Set(states)], ["user-speaking", "thinking", "speaking", "listening"]);
  assert.equal(states.at(-1), "listening");
});

test("a reply is not final while it is heard", () => {
  assert.equal(after([...question, ...reply]).turns[1]?.final, false);
});

test("a transcript that arrives after the reply changes no order", () => {
  assert.deepEqual(rows(after([started, stopped, committed, ...reply, played, transcribed])), WHOLE);
});

test("a user's item that is only named after the reply goes before it", () => {
  const late = [created, { ...begun, previous_item_id: U, type: "conversation.item.added" }, first, second, playing, finished, played, committed, transcribed];
  const dialogue = after(late);

  assert.deepEqual(rows(dialogue), WHOLE);
  assert.ok((dialogue.turns[0]?.startedAt ?? 0) < (dialogue.turns[1]?.startedAt ?? 0));
});

test("every event twice is the same as once", () => {
  const events = [...question, ...reply, played].map((event, index) => ({ ...event, event_id: `event_${index}` }));

  assert.deepEqual(rows(after(events.flatMap((event) => [event, event]))), WHOLE);
});

test("unknown and hollow events change nothing", () => {
  const hollow = [{ type: "no.such.event" }, { type: "conversation.item.added" }, { type: "response.done" }, { type: "response.output_audio_transcript.delta" },
    { type: "input_audio_buffer.speech_started" }, { type: "output_audio_buffer.stopped" }, { type: "error" }];

  assert.deepEqual(rows(after([...question, ...reply, played, ...hollow.slice(0, 2), { type: "rate_limits.updated" }])), WHOLE);
  assert.doesNotThrow(() => after(hollow));
});

test("without playback events a reply is final when it is written", () => {
  const untimed = [first, second].map(({ audio_start_ms: _, audio_end_ms: __, ...event }) => event);

  assert.deepEqual(rows(after([...question, created, begun, ...untimed, finished])), WHOLE);
});

test("a reply that is written before it is heard is not final between", () => {
  const written = [...question, created, begun, first, second, finished];

  assert.equal(after(written).turns[1]?.final, false);
  assert.deepEqual(rows(after([...written, playing, played])), WHOLE);
});

test("beta names are understood", () => {
  const beta = { ...first, type: "response.audio_transcript.delta", delta: "Paris is in the north of France.", audio_start_ms: null, audio_end_ms: null };
  const events = [...question, created, beta, finished].map((event) => parseEvent(JSON.stringify(event)));

  assert.deepEqual(rows(after(events.flatMap((event) => event ?? []))), WHOLE);
});

test("a barge-in cuts the reply at the word that was heard", () => {
  const dialogue = after([...question, ...reply.slice(0, -1)], 0);
  const cut = [cancelled, cleared].reduce((sum, event) => reduce(sum, event, 2_008), dialogue);

  assert.deepEqual(rows(cut)[1], ["assistant", "Paris is in the north", true, true]);
  assert.equal(activityOf(cut), "listening");
});

test("the provider's own figure corrects the cut", () => {
  const guessed = reduce(after([...question, ...reply.slice(0, -1)], 0), cleared, 1_200);
  const cut = reduce(guessed, { type: "conversation.item.truncated", item_id: A, audio_end_ms: 2_000 }, 9_000);

  assert.equal(guessed.turns[1]?.text, "Paris is in");
  assert.equal(cut.turns[1]?.text, "Paris is in the north");
});

test("a reply that nobody heard leaves no row", () => {
  const earlier = after([...question, ...reply, played]);
  const next = [{ ...created, response: { id: "resp_2" } }, { ...begun, response_id: "resp_2", item: { ...begun.item, id: "item_2" } },
    { ...cancelled, response: { id: "resp_2", status: "cancelled" } }];

  assert.deepEqual(rows(next.reduce((sum, event) => reduce(sum, event, 9_000), earlier)), WHOLE);
});

test("a late stop of an older reply does not end the newer one", () => {
  const newer = { type: "output_audio_buffer.started", response_id: "resp_2" };

  assert.equal(after([...question, ...reply, newer, played]).playingId, "resp_2");
});

test("live words may replace each other", () => {
  const delta = { type: "conversation.item.input_audio_transcription.delta", item_id: U };
  const dialogue = after([started, { ...delta, delta: "wear is" }, { ...delta, delta: "Where is", replace: true }, { ...delta, delta: " Paris" }]);

  assert.deepEqual(rows(dialogue), [["user", "Where is Paris", false, false]]);
});

test("a noise that was no speech leaves no row", () => {
  assert.deepEqual(rows(after([started, stopped, committed, { ...transcribed, transcript: " " }])), []);
});

test("a noise that was answered with nothing leaves no row, and the call listens again", () => {
  const item = { id: U, type: "message", role: "user", content: [{ type: "input_audio", transcript: "" }] };
  const heard = { ...transcribed, transcript: "" };
  const begunEmpty = { ...begun, item: { ...begun.item, content: [{ type: "output_audio", transcript: "" }] } };
  const nothing = { type: "response.done", response: { id: R, status: "completed", output: [] } };
  const added = { type: "conversation.item.added", item };
  const done = { type: "conversation.item.done", item };
  const orders = [
    [started, stopped, committed, added, heard, done, created, nothing],
    [started, stopped, committed, added, created, heard, nothing, done],
    [started, stopped, committed, added, created, nothing, heard, done],
    [started, stopped, committed, added, done, created, begunEmpty, nothing, heard],
  ];

  for (const before of [[], [...question, ...reply, played]]) {
    const renamed = (/** @type {RealtimeEvent} */ event) => JSON.parse(JSON.stringify(event).replaceAll(U, "item_noise").replaceAll(R, "resp_noise").replaceAll(A, "item_none"));
    for (const order of orders) {
      const dialogue = after([...before, ...order.map(renamed)]);

      assert.deepEqual(rows(dialogue), before.length ? WHOLE : []);
      assert.equal(activityOf(dialogue), "listening");
    }
  }
});

test("a typed message is a final row at once, and known again when the provider names it", () => {
  const item = { id: "item_typed", type: "message", role: "user", content: [{ type: "input_text", text: "Hello" }] };
  const dialogue = after([{ type: "app.typed", item_id: "item_typed", text: "Hello" }, { type: "conversation.item.added", item }]);

  assert.deepEqual(rows(dialogue), [["user", "Hello", true, false]]);
  assert.equal(activityOf(dialogue), "thinking");
});

test("replies outside the conversation are not shown", () => {
  const aside = [{ type: "response.created", response: { id: "resp_x", conversation_id: null } },
    { ...first, response_id: "resp_x", item_id: "item_x" }, { type: "response.done", response: { id: "resp_x", status: "completed" } }];

  assert.deepEqual(rows(after(aside)), []);
});

test("a lost line keeps what was heard and forgets what was not said", () => {
  const dialogue = after([...question, ...reply.slice(0, -1), { ...started, item_id: "item_next" }], 0);
  const lost = reduce(dialogue, { type: "app.lost" }, 2_008);

  assert.deepEqual(rows(lost), [WHOLE[0], ["assistant", "Paris is in the north", true, true]]);
  assert.equal(lost.sessionReady, false);
});

test("harmless errors are no problem, others are", () => {
  const problemOf = (/** @type {string} */ code) => after([{ type: "error", error: { code, message: "No." } }]).problem;

  assert.equal(problemOf("response_cancel_not_active"), null);
  assert.equal(problemOf("invalid_value")?.message, "No.");
});

test("a failed reply tells why", () => {
  const failed = { type: "response.done", response: { id: R, status: "failed", status_details: { error: { code: "insufficient_quota" } } } };

  assert.equal(after([created, failed]).problem?.code, "quota-used");
});

test("a reply that a filter stopped tells why, one that grew too long does not", () => {
  const stopped = (/** @type {string} */ reason) => ({ type: "response.done", response: { id: R, status: "incomplete", status_details: { type: "incomplete", reason } } });

  assert.equal(after([created, stopped("content_filter")]).problem?.code, "content-filter");
  assert.equal(after([created, stopped("max_output_tokens")]).problem, null);
});
