import assert from "node:assert/strict";
import { test } from "node:test";

import { Requests } from "../../static/js/call/requests.js";

/** @typedef {import("../../static/js/types.js").RealtimeEvent} RealtimeEvent */

const created = { type: "response.created", response: { id: "resp_1", conversation_id: "conv" } };
const done = { type: "response.done", response: { id: "resp_1", status: "completed", conversation_id: "conv" } };
const correction = { type: "conversation.item.delete", item_id: "item_1" };

function setUp({ isOpen = true } = {}) {
  /** @type {RealtimeEvent[]} */
  const sent = [];
  /** @type {string[]} */
  const unwanted = [];
  const requests = new Requests((event) => sent.push(event) > 0, (id) => unwanted.push(id));
  if (isOpen) requests.open();
  return { requests, unwanted, sent, types: () => sent.map(({ type }) => type) };
}

test("a second reply is asked for once the first is made", () => {
  const { requests, types } = setUp();
  requests.ask();
  requests.ask();
  assert.deepEqual(types(), ["response.create"]);

  requests.hear(created);
  requests.hear(done);

  assert.deepEqual(types(), ["response.create", "response.create"]);
});

test("corrections wait for the end of the reply, and go before the next request", () => {
  const { requests, types } = setUp();
  requests.ask();
  requests.hear(created);
  requests.cancel();
  requests.correct([correction]);
  requests.ask();
  assert.deepEqual(types(), ["response.create", "response.cancel"]);

  requests.hear(done);

  assert.deepEqual(types().slice(2), ["conversation.item.delete", "response.create"]);
});

test("a reply that is cancelled before it began is cancelled when it begins", () => {
  const { requests, unwanted, types } = setUp();
  requests.ask();
  requests.cancel();
  requests.ask();
  assert.deepEqual(types(), ["response.create"]);

  requests.hear(created);
  assert.deepEqual(types(), ["response.create", "response.cancel"]);
  assert.deepEqual(unwanted, ["resp_1"]);
  requests.hear(done);

  assert.deepEqual(types(), ["response.create", "response.cancel", "response.create"]);
});

test("one reply is cancelled once", () => {
  const { requests, types } = setUp();
  requests.hear(created);
  requests.cancel();
  requests.cancel();

  assert.deepEqual(types(), ["response.cancel"]);
});

test("a request that came too early is repeated, not lost", () => {
  const { requests, types } = setUp();
  requests.ask();
  requests.hear({ type: "error", error: { code: "conversation_already_has_active_response" } });
  requests.hear(done);

  assert.deepEqual(types(), ["response.create", "response.create"]);
});

test("a request that was refused does not stand in the way of the next", () => {
  const { requests, sent, types } = setUp();
  requests.ask();
  requests.hear({ type: "error", error: { code: "invalid_value", event_id: sent[0]?.event_id } });
  requests.ask();

  assert.deepEqual(types(), ["response.create", "response.create"]);
});

test("replies outside the conversation are nobody's turn", () => {
  const { requests, types } = setUp();
  requests.hear({ type: "response.created", response: { id: "resp_x", conversation_id: null } });
  requests.ask();

  assert.deepEqual(types(), ["response.create"]);
});

test("before a session listens nothing is sent; then the reply that is due is asked for", () => {
  const { requests, types } = setUp({ isOpen: false });
  requests.correct([correction]);
  requests.ask();
  assert.deepEqual(types(), []);

  requests.open();

  assert.deepEqual(types(), ["response.create"]);
});

test("a lost session takes its requests with it", () => {
  const { requests, types } = setUp();
  requests.hear(created);
  requests.correct([correction]);
  requests.close(false);
  requests.open();

  assert.deepEqual(types(), []);
});
