import assert from "node:assert/strict";
import { test } from "node:test";

import { captionOf } from "../../static/js/call/caption.js";
import { activityOf, newDialogue, reduce } from "../../static/js/call/reducer.js";

/** @typedef {import("../../static/js/types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../../static/js/types.js").Dialogue} Dialogue */

const U = "item_user";
const A = "item_assistant";
const R = "resp_1";
const WORDS = "One two three four. Five six seven eight.";
const CLAUSES = [{ text: "One two three four. ", startMs: 0, endMs: 1000 }, { text: "Five six seven eight.", startMs: 1000, endMs: 2000 }];

const spoken = [
  { type: "app.speech.began", item_id: U },
  { type: "app.speech.words", item_id: U, text: "where is" },
  { type: "app.speech.said", item_id: U, text: "Where is Paris?" },
];
const written = [
  { type: "response.created", response: { id: R, conversation_id: "conv" } },
  { type: "app.voice.begun", response_id: R },
  { type: "response.output_item.added", response_id: R, item: { id: A, type: "message", role: "assistant", content: [] } },
  { type: "response.output_text.delta", response_id: R, item_id: A, delta: CLAUSES[0]?.text },
  { type: "app.voice.clauses", response_id: R, clauses: CLAUSES.slice(0, 1) },
  { type: "response.output_text.delta", response_id: R, item_id: A, delta: CLAUSES[1]?.text },
];
const done = { type: "response.done", response: { id: R, status: "completed", output_modalities: ["text"] } };
const heard = [
  { type: "app.voice.started", response_id: R },
  { type: "app.voice.clauses", response_id: R, clauses: CLAUSES },
  { type: "app.voice.position", response_id: R, ms: 0 },
];
const over = { type: "app.voice.done", response_id: R };
const whole = [...spoken, ...written, done, ...heard, over];

/** @param {RealtimeEvent[]} events @param {Dialogue} [from] @param {number} [now] */
function after(events, from = newDialogue(), now = 1_000) {
  return events.reduce((dialogue, event) => reduce(dialogue, event, now), from);
}

/** @param {Dialogue} dialogue */
function rows({ turns }) {
  return turns.map(({ role, text, final, interrupted }) => [role, text, final, interrupted]);
}

const QUESTION = ["user", "Where is Paris?", true, false];

test("what the page hears and says becomes two final rows", () => {
  assert.deepEqual(rows(after(whole)), [QUESTION, ["assistant", WORDS, true, false]]);
});

test("the activity follows what the page hears and says", () => {
  const states = whole.map((_, index) => activityOf(after(whole.slice(0, index + 1))));

  assert.deepEqual([...new Set(states)], ["user-speaking", "thinking", "speaking", "listening"]);
});

test("a voiced reply is final when its sound was heard, though it was written long before", () => {
  const dialogue = after([...spoken, ...written, done]);

  assert.equal(dialogue.turns[1]?.final, false);
  assert.equal(activityOf(dialogue), "thinking");
});

test("a voice that begins before the end of the writing changes nothing of that", () => {
  const early = after([...spoken, ...written, ...heard, done]);

  assert.equal(activityOf(early), "speaking");
  assert.deepEqual(rows(after([over], early)), rows(after(whole)));
});

test("without a voice the reply is final when it is written", () => {
  const failed = { type: "app.voice.failed", response_id: R };

  assert.deepEqual(rows(after([...spoken, ...written, failed, done])), [QUESTION, ["assistant", WORDS, true, false]]);
  assert.deepEqual(rows(after([...spoken, ...written, done, failed])), [QUESTION, ["assistant", WORDS, true, false]]);
});

test("the caption follows the voice, and waits where it stalls", () => {
  const dialogue = after([...spoken, ...written, done, ...heard]);
  const at = (/** @type {number} */ ms, /** @type {number} */ now) =>
    captionOf(after([{ type: "app.voice.position", response_id: R, ms }], dialogue, now), now + 5_000);

  assert.equal(captionOf(after([...spoken, ...written, done]), 9_000).heard, "");
  assert.equal(at(1000, 2_000).heard.trim(), "One two three four. Five");
});

test("a cut keeps what was heard, under a new name for the provider", () => {
  const cut = after([{ type: "app.reply.cut", response_id: R, ms: 1000, provider_id: "item_new" }], after([...spoken, ...written, ...heard]));

  assert.deepEqual(rows(cut), [QUESTION, ["assistant", "One two three four.", true, true]]);
  assert.deepEqual([cut.turns[1]?.itemId, cut.turns[1]?.providerId], [A, "item_new"]);
  assert.equal(activityOf(cut), "listening");
});

test("nothing that is told late of a cut reply counts", () => {
  const cut = after([{ type: "app.reply.cut", response_id: R, ms: 1000, provider_id: "item_new" }], after([...spoken, ...written, ...heard]));
  const late = [
    written[5], { type: "response.output_text.done", response_id: R, item_id: A, text: WORDS }, { ...done, response: { ...done.response, status: "cancelled" } },
    { type: "conversation.item.done", item: { id: A, type: "message", role: "assistant", content: [{ type: "output_text", text: WORDS }] } },
    { type: "conversation.item.added", item: { id: "item_new", type: "message", role: "assistant", content: [{ type: "output_text", text: "One two three four." }] } },
    { type: "conversation.item.deleted", item_id: A }, { type: "app.voice.position", response_id: R, ms: 1500 },
  ].flatMap((event) => event ?? []);

  assert.deepEqual(rows(after(late, cut)), rows(cut));
});

test("of a reply that is cut before it is heard nothing is left", () => {
  const cut = after([{ type: "app.reply.cut", response_id: R, ms: 0, provider_id: "item_new" }], after([...spoken, ...written.slice(0, 2)]));
  const late = [
    { ...written[2], type: "response.output_item.added" },
    { type: "conversation.item.added", item: { id: A, type: "message", role: "assistant", content: [{ type: "output_text", text: "" }] } },
    { ...done, response: { ...done.response, status: "cancelled" } },
  ];

  assert.deepEqual(rows(after(late, cut)), [QUESTION]);
  assert.equal(activityOf(after(late, cut)), "listening");
});

test("who goes on speaking opens the turn again", () => {
  const more = [{ type: "app.speech.began", item_id: U }, { type: "app.speech.words", item_id: U, text: "Where is Paris? I mean" }];
  const open = after([...spoken, ...more]);
  const said = after([{ type: "app.speech.said", item_id: U, text: "Where is Paris? I mean Texas.", provider_id: "item_new" }], open);

  assert.deepEqual(rows(open), [["user", "Where is Paris? I mean", false, false]]);
  assert.deepEqual(rows(said), [["user", "Where is Paris? I mean Texas.", true, false]]);
  assert.equal(said.turns[0]?.itemId, U);
});

test("a noise without words leaves no row", () => {
  assert.deepEqual(rows(after([{ type: "app.speech.began", item_id: U }, { type: "app.speech.said", item_id: U, text: "" }])), []);
});

test("words that come after the line was lost are not lost", () => {
  assert.deepEqual(rows(after([{ type: "app.speech.began", item_id: U }, { type: "app.lost" }, spoken[2] ?? { type: "" }])), [QUESTION]);
});

test("a correction takes back all that came after it, more than once", () => {
  const revised = after([{ type: "app.revised", item_id: U, text: "Where is Rome?", provider_id: "item_2" }], after(whole));
  const again = after([{ type: "app.revised", item_id: U, text: "Where is Oslo?", provider_id: "item_3" }], revised);

  assert.deepEqual(rows(revised), [["user", "Where is Rome?", true, false]]);
  assert.deepEqual(rows(again), [["user", "Where is Oslo?", true, false]]);
  assert.equal(again.turns[0]?.providerId, "item_3");
  assert.equal(activityOf(again), "thinking");
});

test("a stored turn that is corrected is to be stored again", () => {
  const stored = { .../** @type {import("../../static/js/types.js").Turn} */ (after(spoken).turns[0]), stored: true };
  const revised = after([{ type: "app.revised", item_id: U, text: "Where is Rome?", provider_id: "item_2" }], newDialogue([stored]));

  assert.equal(revised.turns[0]?.stored, false);
});

test("the talk button counts as speaking", () => {
  assert.equal(activityOf(after([{ type: "app.pressed" }])), "user-speaking");
  assert.equal(activityOf(after([{ type: "app.pressed" }, { type: "input_audio_buffer.cleared" }])), "user-speaking");
  assert.equal(activityOf(after([{ type: "app.pressed" }, { type: "app.released" }])), "thinking");
});
