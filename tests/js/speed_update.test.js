import assert from "node:assert/strict";
import { test } from "node:test";

import { SpeedUpdate } from "../../static/js/modes/speed_update.js";

/** @typedef {import("../../static/js/types.js").RealtimeEvent} RealtimeEvent */

function setUp() {
  /** @type {RealtimeEvent[]} */
  const sent = [];
  const conversation = { activity: "listening" };
  /** @type {any} */
  const host = { conversation, send: (/** @type {RealtimeEvent} */ event) => sent.push(event) > 0 };
  const update = new SpeedUpdate(host);
  const speeds = () => sent.map(({ session }) => session.audio.output.speed);
  const refuse = () => update.hear({ type: "error", error: { code: "invalid_request_error", event_id: sent.at(-1)?.event_id } });
  return { update, conversation, speeds, refuse };
}

const updated = (/** @type {number} */ speed) => ({ type: "session.updated", session: { audio: { output: { speed } } } });

test("it waits until nobody speaks and nothing is made", () => {
  const { update, conversation, speeds } = setUp();
  conversation.activity = "user-speaking";
  update.want(1.5);
  conversation.activity = "thinking";
  update.hear({ type: "response.created" });
  assert.deepEqual(speeds(), []);

  conversation.activity = "listening";
  update.hear({ type: "output_audio_buffer.stopped" });

  assert.deepEqual(speeds(), [1.5]);
});

test("a refusal because a reply began is made good after that reply", () => {
  const { update, conversation, speeds, refuse } = setUp();
  update.want(1.5);
  conversation.activity = "thinking";
  update.hear({ type: "response.created" });
  refuse();
  conversation.activity = "listening";

  update.hear({ type: "output_audio_buffer.stopped" });
  update.hear(updated(1.5));
  update.hear({ type: "response.done" });

  assert.deepEqual(speeds(), [1.5, 1.5]);
});

test("another update of the session is not taken for an answer", () => {
  const { update, speeds, refuse } = setUp();
  update.want(1.5);
  update.hear(updated(1));
  refuse();

  update.hear({ type: "response.done" });

  assert.deepEqual(speeds(), [1.5, 1.5]);
});

test("a provider that always refuses it is left alone", () => {
  const { update, speeds, refuse } = setUp();
  update.want(1.5);
  for (let count = 0; count < 20; count += 1) {
    refuse();
    update.hear({ type: "response.done" });
  }

  assert.equal(speeds().length, 5);
});
