import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { doneItem, runs, setUp, soon } from "./calling_model.js";

test("a call is run once, its output told once, and then the model goes on", async () => {
  const { call, end, hear, of, outputs, states, conversation } = setUp();
  const id = call(["clock"]);
  hear(doneItem(id, "clock", 1));
  hear({ type: "response.done", response: { id, output: [doneItem(id, "clock", 1).item] } });
  assert.equal(runs.length, 1);
  assert.deepEqual([runs[0]?.name, runs[0]?.json.call_id, runs[0]?.json.arguments], ["clock", "our-call", "{\"zone\":\"UTC\"}"]);
  assert.equal(conversation.activity, "thinking");
  assert.deepEqual(of("response.create"), []);

  await end(0, "noon");

  assert.deepEqual(outputs(), ["noon"]);
  assert.equal(of("response.create").length, 1);
  assert.equal(conversation.activity, "thinking");
  assert.deepEqual(states(), ["running", "done"]);
});

test("the calls of one reply are answered together: all outputs, then one request", async () => {
  const { call, end, of, outputs, over } = setUp();
  const id = call(["clock", "clock"], { isOver: false });
  await end(1, "second");
  assert.deepEqual(outputs(), ["second"]);
  over(id);
  assert.deepEqual(of("response.create"), []);

  await end(0, "first");

  assert.deepEqual(outputs(), ["second", "first"]);
  assert.equal(of("response.create").length, 1);
});

test("while the reply that called is still being made nothing is asked for", async () => {
  const { call, end, of, over } = setUp();
  const id = call(["clock"], { isOver: false });
  await end(0, "noon");
  assert.deepEqual(of("response.create"), []);

  over(id);

  assert.equal(of("response.create").length, 1);
});

test("a server that leaves out the end of an item names the call at the end of the reply", async () => {
  const { call, end, outputs, over } = setUp();
  const id = call([], { isOver: false });
  over(id, "completed", [doneItem(id, "clock", 1).item]);

  await end(0, "noon");

  assert.deepEqual(outputs(), ["noon"]);
});

test("a failure of the tool, of the server and an unknown tool are outputs too", async () => {
  const { call, end, outputs, states } = setUp();
  call(["clock", "clock", "weather"]);
  await end(0, "That did not work. Nobody knows.", true);
  runs[1]?.fail();
  await soon();

  assert.equal(outputs().length, 3);
  for (const output of outputs()) assert.match(output, /^That did not work\./);
  assert.deepEqual([states(), states("call_2").at(-1), states("call_3")], [["running", "failed"], "failed", ["failed"]]);
});

test("a tool that needs it is run only once it is allowed", async () => {
  const { call, end, of, outputs, states, tools } = setUp();
  call(["send"]);
  assert.equal(runs.length, 0);
  mock.timers.tick(500); // the reply that called is over: now it can be said
  assert.match(of("response.create")[0]?.response.instructions, /Send mail/);
  assert.equal(of("response.create")[0]?.response.tool_choice, "none");

  tools.decide("call_1", true);
  tools.decide("call_1", true);
  assert.equal(runs.length, 1);
  assert.equal(runs[0]?.json.approved, true);
  await end(0, "sent");

  assert.deepEqual(outputs(), ["sent"]);
  assert.deepEqual(states(), ["approval", "running", "done"]);
});

test("a tool that is not allowed, or about which nobody says anything, is told as that", async () => {
  const { call, outputs, states, tools } = setUp();
  call(["send", "send"]);
  tools.decide("call_1", false);
  mock.timers.tick(60_000);

  assert.equal(runs.length, 0);
  assert.match(outputs()[0], /did not allow/);
  assert.match(outputs()[1], /did not say/);
  assert.deepEqual([states(), states("call_2")], [["approval", "refused"], ["approval", "refused"]]);
});

test("a reply outside the conversation and a call that was not finished are nobody's business", () => {
  const { hear } = setUp();
  hear({ type: "response.created", response: { id: "resp_x", conversation_id: null } });
  hear(doneItem("resp_x", "clock", 1));
  const begun = doneItem("resp_y", "clock", 2);
  hear({ ...begun, item: { ...begun.item, status: "incomplete" } });

  assert.equal(runs.length, 0);
});

test("a session that is lost takes its calls with it; what comes of them is told to nobody", async () => {
  const { call, conversation, end, of, outputs, states } = setUp();
  conversation.type("What time is it?");
  of("response.create");
  call(["clock"]);
  conversation.lose();
  assert.deepEqual(states(), ["running", "lost"]);

  await end(0, "noon");
  const before = of("response.create").length;
  conversation.begin(null);

  assert.deepEqual(outputs(), []);
  assert.equal(of("response.create").length, before + 1, "the question is asked again");
});

test("what is corrected takes back what was called because of it", async () => {
  const { call, conversation, end, of, states, tools } = setUp();
  const since = Date.now();
  call(["clock", "clock"]);
  await end(0, "noon");

  tools.withdraw(since);
  await end(1, "late");

  assert.equal(states().at(-1), "withdrawn");
  assert.equal(states("call_2").at(-1), "withdrawn");
  assert.equal(of("conversation.item.delete").length, 3, "two calls and one output");
  assert.equal(conversation.activity, "listening");
});
