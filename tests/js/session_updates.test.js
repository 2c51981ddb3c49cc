import assert from "node:assert/strict";
import { test } from "node:test";

import { SessionUpdates } from "../../static/js/call/session_updates.js";

/** @param {Record<string, any>} session */
function update(session) {
  return { type: "session.update", session: { type: "realtime", ...session } };
}

/** @param {SessionUpdates} updates @param {object} error */
function refuse(updates, error) {
  return updates.hear({ type: "error", error });
}

test("other events go as they are", () => {
  const event = { type: "response.create" };

  assert.equal(new SessionUpdates().sending(event), event);
});

test("a field that a server does not know is left out, and the rest is asked for again", () => {
  const updates = new SessionUpdates();
  const detection = { type: "semantic_vad", eagerness: "low" };
  const sent = updates.sending(update({ audio: { input: { turn_detection: detection } } }));
  const next = refuse(updates, { code: "unknown_parameter", param: "session.audio.input.turn_detection.eagerness", event_id: sent.event_id });

  assert.deepEqual(next?.session, { type: "realtime", audio: { input: { turn_detection: { type: "semantic_vad" } } } });
  assert.equal(next?.event_id, sent.event_id);
});

test("when nothing is left, nothing is asked for", () => {
  const updates = new SessionUpdates();
  updates.sending(update({ audio: { output: { speed: 1.2 } } }));

  assert.equal(refuse(updates, { code: "unknown_parameter", param: "session.audio.output.speed" }), null);
});

test("a model for writing down that is not there is replaced, and then given up", () => {
  const updates = new SessionUpdates();
  updates.sending(update({ audio: { input: { transcription: { model: "gpt-transcribe", language: "de" } } } }));
  const error = { code: "invalid_value", param: "session.audio.input.transcription.model" };

  assert.deepEqual(refuse(updates, error)?.session.audio.input.transcription, { model: "gpt-4o-mini-transcribe", language: "de" });
  assert.equal(refuse(updates, error)?.session.audio.input.transcription, null);
  assert.equal(refuse(updates, error), null);
});

test("what was taken is not asked for again", () => {
  const updates = new SessionUpdates();
  updates.sending(update({ audio: { output: { speed: 1.2 } }, instructions: "x" }));
  updates.hear({ type: "session.updated", session: {} });

  assert.equal(refuse(updates, { code: "unknown_parameter", param: "session.instructions" }), null);
});

test("the refusal of something else is none of its business", () => {
  const updates = new SessionUpdates();
  updates.sending(update({ instructions: "x", tools: [] }));

  assert.equal(refuse(updates, { code: "unknown_parameter", param: "session.tools", event_id: "ask_1" }), null);
  assert.equal(refuse(updates, { code: "unknown_parameter", param: "item.content" }), null);
});
