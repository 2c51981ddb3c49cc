/** What a call costs, as the page sees it. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Purse, usedIn } from "../../static/js/call/purse.js";

/** @type {{url: string, events: any[]}[]} */
let asked;
/** What the server answers next; a number: its status. @type {any[]} */
let answers;
/** @type {string[]} */
let told;
/** @type {string[]} */
let landed;

const NOTHING = { cost_usd: 0, budget: null, landing: null };

beforeEach(() => {
  [asked, answers, told, landed] = [[], [], [], []];
  globalThis.fetch = async (url, request) => {
    asked.push({ url: String(url), events: JSON.parse(String(request?.body)).events });
    const answer = answers.shift() ?? NOTHING;
    if (answer === "offline") throw new TypeError("no network");
    return typeof answer === "number" ? new Response("{}", { status: answer }) : Response.json(answer);
  };
});

function newPurse() {
  return new Purse({
    callId: () => "call_1",
    change: () => {},
    notice: ({ code }) => told.push(code),
    land: async (landing) => { landed.push(landing); },
  });
}

/** @param {string} id */
function done(id) {
  return { type: "response.done", response: { id, status: "completed", usage: { total_tokens: 1 }, output: [{ id: `item_${id}`, type: "message", content: [{ transcript: "secret" }] }] } };
}

async function settle() {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
}

test("only what tells of use is handed on, and none of the words", async () => {
  const purse = newPurse();
  purse.hear({ type: "response.created", response: { id: "resp_1" } });
  purse.hear({ type: "response.done", response: { id: "resp_1", usage: null } });
  purse.hear({ type: "conversation.item.input_audio_transcription.completed", item_id: "item_1", transcript: "secret" });
  purse.hear(done("resp_1"));
  await settle();

  assert.equal(asked.length, 1);
  assert.match(asked[0]?.url ?? "", /\/calls\/call_1\/usage$/);
  assert.ok(!JSON.stringify(asked).includes("secret"));
  assert.deepEqual(asked[0]?.events[0].response.output, [{ id: "item_resp_1", type: "message" }]);
});

test("the costs of all calls behind one talk add up, and one that is not known makes the sum unknown", async () => {
  const purse = newPurse();
  assert.equal(purse.usd, 0);
  purse.take("call_0", { ...NOTHING, cost_usd: 0.25 });
  purse.take("call_1", { ...NOTHING, cost_usd: 0.5, turns: { item_1: 0.1, item_2: null } });
  assert.equal(purse.usd, 0.75);
  assert.deepEqual([...purse.turns], [["item_1", 0.1], ["item_2", null]]);
  purse.take("call_1", { ...NOTHING, cost_usd: null });
  assert.equal(purse.usd, null);
});

test("an answer that was overtaken takes nothing back", () => {
  const purse = newPurse();
  purse.take("call_1", { ...NOTHING, cost_usd: 0.5 });
  purse.take("call_1", NOTHING);
  assert.equal(purse.usd, 0.5);

  purse.take("call_1", { ...NOTHING, cost_usd: null });
  purse.take("call_1", NOTHING);
  assert.equal(purse.usd, null);
});

test("what could not be handed over goes with the next heartbeat, what was refused does not", async () => {
  const purse = newPurse();
  answers = ["offline"];
  purse.hear(done("resp_1"));
  await settle();
  purse.take("call_1", NOTHING);
  await settle();
  assert.deepEqual(asked.map(({ events }) => events[0].response.id), ["resp_1", "resp_1"]);

  answers = [404];
  purse.hear(done("resp_2"));
  await settle();
  purse.take("call_1", NOTHING);
  await settle();
  assert.equal(asked.length, 3);
});

test("nothing is lost while one is signed out, or asks too often", async () => {
  const purse = newPurse();
  answers = [401, 429, 408, NOTHING];
  purse.hear(done("resp_1"));
  for (let beat = 0; beat < 5; beat += 1) {
    await settle();
    purse.take("call_1", NOTHING);
  }

  assert.equal(asked.length, 4);
});

test("what waits for the next call goes as soon as the call before has answered", async () => {
  let callId = "call_1";
  const purse = new Purse({ callId: () => callId, change: () => {}, notice: () => {}, land: async () => {} });
  purse.hear(done("resp_1"));
  callId = "call_2";
  purse.hear(done("resp_2"));
  await settle();

  assert.deepEqual(asked.map(({ url }) => url.split("/").at(-2)), ["call_1", "call_2"]);
});

test("at the end all that waits goes out, while one request is still under way", async () => {
  const purse = newPurse();
  const isHanging = new Promise(() => {});
  const { fetch } = globalThis;
  globalThis.fetch = async (url, request) => { await fetch(url, request); return asked.length === 1 ? isHanging : Response.json({ ...NOTHING, cost_usd: 3, landing: "text" }); };
  purse.hear(done("resp_1"));
  for (let number = 2; number < 60; number += 1) purse.hear(done(`resp_${number}`));

  purse.flush();
  purse.flush();
  await settle();

  assert.deepEqual(asked.map(({ events }) => events.length), [1, 50, 9]);
  assert.equal(purse.usd, 3);
  assert.deepEqual([told, landed], [[], []]);
});

test("each step of the landing is told and taken once", async () => {
  const purse = newPurse();
  const late = { cost_usd: 1, budget: { share: 0.9 }, landing: null };
  purse.take("call_1", late);
  purse.take("call_1", late);
  assert.deepEqual([told, landed], [["budget-soon"], []]);

  for (let beat = 0; beat < 3; beat += 1) purse.take("call_1", { ...late, landing: "text" });
  purse.take("call_1", { ...late, landing: "engine" });
  purse.take("call_1", { ...late, landing: "end" });
  await settle();
  assert.deepEqual(told, ["budget-soon", "budget-text", "budget-engine", "budget-end"]);
  assert.deepEqual(landed, ["text", "engine"]);
});

test("nobody is warned of what has happened already", () => {
  newPurse().take("call_1", { ...NOTHING, budget: { share: 1 } });

  assert.deepEqual(told, []);
});

test("a landing that does not come about is tried again", async () => {
  let tries = 0;
  const purse = new Purse({
    callId: () => "call_1", change: () => {}, notice: ({ code }) => told.push(code),
    land: async () => { tries += 1; if (tries === 1) throw new Error("no line"); },
  });
  for (let beat = 0; beat < 3; beat += 1) {
    purse.take("call_1", { ...NOTHING, landing: "text" });
    await settle();
  }
  assert.equal(tries, 2);
  assert.deepEqual(told, ["budget-text"]);
});

test("an answer that comes late for another call changes no call but that one", () => {
  const purse = newPurse();
  purse.take("call_0", { ...NOTHING, landing: "text" });
  assert.deepEqual([told, landed], [[], []]);
});

test("events of other shapes are passed over", () => {
  for (const event of [{ type: "response.done" }, { type: "response.done", response: {} }, { type: "error" }]) assert.equal(usedIn(event), null);
});
