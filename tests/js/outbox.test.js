import assert from "node:assert/strict";
import { test } from "node:test";

import { DOWN, HOW, pass, problemWith, setUp, turnOf } from "./outbox_world.js";

/** @typedef {import("../../static/js/call/shelf.js").Kept} Kept */

test("a turn is kept until it is acknowledged", async () => {
  const { server, memory, outbox, events, told } = setUp();
  outbox.thread("c1", [], events).add(turnOf("hello"), HOW);

  assert.deepEqual([...memory.kept.values()].map(({ key, conversationId, how, isWithdrawn }) => ({ key, conversationId, how, isWithdrawn })), [
    { key: "c1/hello", conversationId: "c1", how: HOW, isWithdrawn: false },
  ]);
  await pass(200);

  assert.deepEqual(server.asked, ["store c1/hello hello"]);
  assert.deepEqual(memory.keys, []);
  assert.deepEqual(told, ["stored hello", "caught up"]);
});

test("it is sent again until the server has it, and nothing waits behind one that never gets through", async () => {
  const { server, memory, outbox, events, told } = setUp();
  const thread = outbox.thread("c1", [], events);
  server.plan = [DOWN, DOWN, null];
  thread.add(turnOf("one"), HOW);
  thread.add(turnOf("two"), HOW);

  await pass(3_000);

  assert.deepEqual(server.asked.map((asked) => asked.at(-1)), ["e", "o", "e", "o"]);
  assert.deepEqual(told, ["stored one", "stored two", "caught up"]);
  assert.deepEqual(memory.keys, []);
});

test("a server that names a time is left alone for so long", async () => {
  const { server, outbox, events } = setUp();
  server.plan = [problemWith(503, 4_000)];
  outbox.thread("c1", [], events).add(turnOf("one"), HOW);

  await pass(4_000);
  assert.equal(server.asked.length, 1);
  await pass(300);
  assert.equal(server.asked.length, 2);
});

test("what is known better meanwhile is sent too, and the older answer settles nothing", async () => {
  const { server, memory, outbox, events, told } = setUp();
  const thread = outbox.thread("c1", [], events);
  server.isSlow = true;
  thread.add(turnOf("one two three", "item"), HOW);
  await pass(200);
  thread.add(turnOf("one", "item"), HOW);

  server.ends[0]?.();
  await pass(200);
  assert.equal(memory.kept.get("c1/item")?.turn.text, "one");
  server.ends[1]?.();
  await pass(200);

  assert.deepEqual(server.asked, ["store c1/item one two three", "store c1/item one"]);
  assert.deepEqual(told, ["stored one two three", "stored one", "caught up"]);
  assert.deepEqual(memory.keys, []);
});

test("a turn that is taken back is not stored first", async () => {
  const { server, outbox, events } = setUp();
  const thread = outbox.thread("c1", [], events);
  thread.add(turnOf("one"), HOW);
  thread.withdraw(turnOf("one"), HOW);

  await pass(200);

  assert.deepEqual(server.asked, ["withdraw c1/one one"]);
});

test("what the server will never take is given up, and all else waits", async () => {
  const { server, memory, outbox, events, told } = setUp();
  const thread = outbox.thread("c1", [], events);
  server.plan = [problemWith(422)];
  thread.add(turnOf("one"), HOW);
  await pass(200);
  assert.deepEqual(told, ["refused one", "caught up"]);

  for (const status of [0, 401, 403, 408, 421, 429, 500, 503]) server.plan.push(problemWith(status));
  thread.add(turnOf("two"), HOW);
  await pass(200);
  assert.deepEqual(memory.keys, ["c1/two"]);
  await pass(60_000);
  assert.deepEqual(memory.keys, []);
});

test("a conversation that was deleted may come back, and no other waits for it", async () => {
  const { server, memory, outbox, events, told } = setUp();
  server.plan = [...new Array(7).fill(problemWith(404)), null];
  server.plan.splice(1, 0, null);
  outbox.thread("c1", [], events).add(turnOf("one"), HOW);
  outbox.thread("c2", [], events).add(turnOf("two"), HOW);

  await pass(300);
  assert.deepEqual(told, ["stored two", "caught up"]);
  assert.deepEqual(memory.keys, ["c1/one"]);
  await pass(30_500);
  assert.equal(memory.keys.length, 1);
  await pass(5_000);
  assert.deepEqual(told.slice(2), ["stored one", "caught up"]);
  assert.deepEqual(memory.keys, []);
});

test("the words of one that does not come back are given up, and told unless they were taken back", async () => {
  const { server, memory, outbox, events, told } = setUp();
  server.plan = new Array(40).fill(problemWith(404));
  const thread = outbox.thread("c1", [], events);
  thread.add(turnOf("one"), HOW);
  thread.withdraw(turnOf("two"), HOW);

  await pass(60_000);

  assert.deepEqual(told, ["refused one", "caught up"]);
  assert.deepEqual(memory.keys, []);
  assert.equal(server.asked.length, 18);
});

test("the person is told once that turns wait, and when they do no more", async () => {
  const { server, outbox, events, told } = setUp();
  server.plan = new Array(8).fill(DOWN);
  outbox.thread("c1", [], events).add(turnOf("one"), HOW);

  await pass(10_100);
  assert.deepEqual(told, []);
  await pass(200);
  assert.deepEqual(told, ["late"]);
  await pass(60_000);
  assert.deepEqual(told, ["late", "stored one", "caught up"]);
});

test("nobody waits for the end of a pause once the network is back", async () => {
  const { server, outbox, events, told } = setUp();
  server.plan = new Array(5).fill(DOWN);
  outbox.thread("c1", [], events).add(turnOf("one"), HOW);
  await pass(9_000);
  assert.equal(server.asked.length, 5);

  outbox.hurry();
  await pass(100);

  assert.deepEqual(told, ["stored one", "caught up"]);
});

test("words wait for the id of their conversation", async () => {
  const { server, memory, outbox, events } = setUp();
  const thread = outbox.thread(null, [], events);
  thread.add(turnOf("one"), HOW);
  await pass(5_000);
  assert.deepEqual(server.asked, []);
  assert.deepEqual([...memory.kept.values()].map(({ conversationId }) => conversationId), [null]);

  thread.id = "c9";
  assert.deepEqual(memory.keys, ["c9/one"]);
  await pass(200);

  assert.deepEqual(server.asked, ["store c9/one one"]);
  assert.deepEqual(memory.keys, []);
});

test("a second call takes over what the first one never got an id for", async () => {
  const { server, memory, outbox, events } = setUp();
  const turn = turnOf("one");
  outbox.thread(null, [], events).add(turn, HOW);

  const second = outbox.thread(null, [turn], events);
  second.id = "c2";
  await pass(200);

  assert.deepEqual(server.asked, ["store c2/one one"]);
  assert.deepEqual(memory.keys, []);
});

test("a page that goes away sends everything once more, and keeps it for the next page", async () => {
  const { server, memory, outbox, events } = setUp();
  const thread = outbox.thread("c1", [], events);
  outbox.thread(null, [], events).add(turnOf("nameless"), HOW);
  thread.add(turnOf("one"), HOW);
  thread.add(turnOf("two"), HOW);

  outbox.flush();
  outbox.flush();
  await pass(10);

  assert.deepEqual(server.asked, ["flush c1/one one", "flush c1/two two"]);
  assert.equal(memory.keys.length, 3);
});

/** Nothing that has a conversation is given another one. @returns {Promise<string>} */
async function makeNone() {
  assert.fail("it has a conversation");
}

/** @param {Partial<Kept> & {text: string}} kept @returns {Kept} */
function left({ text, thread = "t1", conversationId = "c1", isWithdrawn = false }) {
  const turn = { itemId: text, role: /** @type {const} */ ("user"), text, startedAt: 1_000, endedAt: null, interrupted: false };
  return { key: `${conversationId ?? thread}/${text}`, thread, conversationId, turn, how: HOW, isWithdrawn };
}

test("what an earlier page left is sent where it belongs", async () => {
  const { server, memory, outbox, events } = setUp();
  memory.left = [left({ text: "one" }), left({ text: "two", isWithdrawn: true }), left({ text: "three", thread: "t2", conversationId: "c2" })];
  /** @type {unknown[]} */
  const stored = [];

  const found = await outbox.inherit({ ...events, stored: (turn, _html, id) => { stored.push([turn.text, id]); } }, makeNone);
  await pass(200);

  assert.equal(found.length, 3);
  assert.deepEqual(server.asked, ["store c1/one one", "withdraw c1/two two", "store c2/three three"]);
  assert.deepEqual(stored, [["one", "c1"], ["three", "c2"]]);
  assert.deepEqual(memory.keys, []);
});

test("words that never had a conversation get one, all of them the same", async () => {
  const { server, memory, outbox, events } = setUp();
  memory.left = [left({ text: "one", conversationId: null }), left({ text: "two", conversationId: null })];
  let made = 0;

  await outbox.inherit(events, async () => { made += 1; return `new${made}`; });
  await pass(200);

  assert.deepEqual(server.asked.sort(), ["store new1/one one", "store new1/two two"]);
  assert.deepEqual(memory.keys, []);
});

test("what was changed on this page is newer than what an earlier one left", async () => {
  const { server, memory, outbox, events } = setUp();
  const thread = outbox.thread("c1", [], events);
  thread.add(turnOf("other words", "one"), HOW);
  memory.left = [left({ text: "one" })];

  await outbox.inherit(events, makeNone);
  await pass(200);

  assert.deepEqual(server.asked, ["store c1/one other words"]);
});
