import assert from "node:assert/strict";
import { after, test } from "node:test";

import { newTurn } from "../../static/js/call/turn_list.js";
import { Utterances } from "../../static/js/modes/utterances.js";

Object.assign(globalThis, { window: globalThis });
const { Conversation } = await import("../../static/js/call/conversation.js");

/** @typedef {import("../../static/js/types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../../static/js/types.js").Turn} Turn */

/** What went to the server. @type {{method: string, url: string, json: any}[]} */
const posted = [];
globalThis.fetch = async (url, { method = "GET", body } = {}) => {
  posted.push({ method, url: String(url), json: typeof body === "string" ? JSON.parse(body) : null });
  return new Response("<li></li>");
};

/** A provider with the rules that count here: one reply at a time, items in order, ids known once. */
class Provider {
  /** @type {{id: string, role: string, text: string}[]} */
  items = [];
  /** @type {string[]} */
  refused = [];
  activeId = "";
  replies = 0;

  /** @param {(event: RealtimeEvent) => void} hear */
  constructor(hear) {
    this.hear = hear;
  }

  /** @param {RealtimeEvent} event */
  receive({ type, item, item_id, previous_item_id }) {
    const at = this.items.findIndex(({ id }) => id === (item_id ?? previous_item_id));
    if (type === "conversation.item.create") {
      const entry = { id: item.id, role: item.role, text: item.content[0].text };
      this.items.splice(previous_item_id ? at + 1 : this.items.length, 0, entry);
      this.hear({ type: "conversation.item.added", item, previous_item_id: null });
    } else if (type === "conversation.item.delete") {
      if (at < 0) this.refused.push(item_id);
      else this.items.splice(at, 1);
      this.hear({ type: "conversation.item.deleted", item_id });
    } else if (type === "response.create") {
      assert.equal(this.activeId, "", "only one reply at a time");
      this.replies += 1;
      this.activeId = `resp_${this.replies}`;
    } else if (type === "response.cancel" && this.activeId) {
      this.cancelled = this.activeId;
    }
  }

  begin() {
    this.hear({ type: "response.created", response: { id: this.activeId, conversation_id: "conv" } });
  }

  /** @param {string} text */
  write(text) {
    const item = { id: `reply_${this.replies}`, type: "message", role: "assistant", content: [{ type: "output_text", text: "" }] };
    this.items.push({ id: item.id, role: item.role, text });
    this.hear({ type: "response.output_item.added", response_id: this.activeId, item });
    this.hear({ type: "conversation.item.added", item });
    this.hear({ type: "response.output_text.delta", response_id: this.activeId, item_id: item.id, delta: text });
  }

  finish(status = "completed") {
    const id = this.activeId;
    this.activeId = "";
    this.hear({ type: "response.done", response: { id, status, conversation_id: "conv", output_modalities: ["text"] } });
  }

  get says() {
    return this.items.map(({ role, text }) => `${role}: ${text}`);
  }
}

/** @type {InstanceType<typeof Conversation>[]} */
const open = [];
after(() => { for (const conversation of open) conversation.lose(); });

/** @param {Turn[]} [history] */
function setUp(history = [], { isReady = true } = {}) {
  const [id, activities] = [crypto.randomUUID(), /** @type {string[]} */ ([])];
  const conversation = new Conversation(id, history, {
    send: (event) => { provider.receive(event); return true; },
    origin: () => ({ mode: "text", provider: "test" }),
    change: () => activities.push(conversation.activity), notice: (what) => assert.fail(what.message), stored() {}, caughtUp() {}, refused() {},
  });
  const provider = new Provider((event) => conversation.hear(event));
  open.push(conversation);
  if (isReady) conversation.begin(null);
  return {
    conversation, provider, activities, texts: () => conversation.dialogue.turns.map(({ text }) => text),
    /** What went to the server, a moment later. */
    stored: async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return posted.filter(({ url }) => url.includes(id));
    },
  };
}

/** @param {ReturnType<typeof setUp>} parts @param {string} text  all of it is heard in two seconds */
function speak({ conversation, provider }, text) {
  provider.begin();
  const response_id = provider.activeId;
  conversation.take({ type: "app.voice.begun", response_id });
  provider.write(text);
  conversation.take({ type: "app.voice.clauses", response_id, clauses: [{ text, startMs: 0, endMs: 2_000 }] });
  conversation.take({ type: "app.voice.started", response_id });
  conversation.take({ type: "app.voice.position", response_id, ms: 0 });
  return response_id;
}

const STORY = "One two three four five six seven eight nine ten";

test("a cut reply is remembered as it was heard, and what is said next follows it", () => {
  const parts = setUp();
  parts.conversation.type("Tell me");
  parts.conversation.cut(speak(parts, STORY), 1_000);
  parts.conversation.type("Stop");
  assert.equal(parts.provider.cancelled, "resp_1");
  parts.provider.finish("cancelled");

  const heard = parts.texts()[1];
  assert.ok(heard && STORY.startsWith(heard) && heard.length < STORY.length);
  assert.deepEqual(parts.provider.says, ["user: Tell me", `assistant: ${heard}`, "user: Stop"]);
  assert.deepEqual(parts.texts(), ["Tell me", heard, "Stop"]);
  assert.equal(parts.provider.activeId, "resp_2");
});

test("a reply that is written already is corrected at once", () => {
  const parts = setUp();
  parts.conversation.type("Tell me");
  const id = speak(parts, STORY);
  parts.provider.finish();
  parts.conversation.cut(id, 1_000);

  assert.equal(parts.provider.cancelled, undefined);
  assert.deepEqual(parts.provider.says, ["user: Tell me", `assistant: ${parts.texts()[1]}`]);
});

test("a reply of which nothing was heard is forgotten everywhere", () => {
  const parts = setUp();
  parts.conversation.type("Tell me");
  parts.conversation.cut(speak(parts, STORY), 0);
  parts.provider.finish("cancelled");

  assert.deepEqual(parts.provider.says, ["user: Tell me"]);
  assert.deepEqual(parts.texts(), ["Tell me"]);
});

test("what is written after a cancelled request is deleted, too", () => {
  const parts = setUp();
  parts.conversation.type("Tell me");
  parts.conversation.cancel();
  parts.provider.begin();
  parts.provider.write(STORY);
  parts.provider.finish("cancelled");

  assert.deepEqual(parts.provider.says, ["user: Tell me"]);
  assert.deepEqual(parts.texts(), ["Tell me"]);
});

test("an answer that is waited for is waited for while an unwanted one begins and ends", () => {
  const { conversation, provider, activities } = setUp();
  conversation.type("First");
  conversation.cancel();
  conversation.type("Second");
  activities.length = 0;
  provider.begin();
  provider.finish("cancelled");
  provider.begin();
  assert.equal(provider.activeId, "resp_2");
  assert.deepEqual(new Set(activities), new Set(["thinking"]));
});

test("who goes on speaking before the answer sounds is answered once, to all of it", async () => {
  const parts = setUp();
  const utterances = new Utterances(parts.conversation, () => parts.conversation.cancel());
  utterances.began();
  utterances.said("Where is Paris?");
  utterances.began();
  utterances.words("I mean");
  assert.deepEqual(parts.texts(), ["Where is Paris? I mean"]);
  utterances.said("I mean the one in Texas.");
  parts.provider.begin();
  parts.provider.finish("cancelled");

  assert.deepEqual(parts.provider.says, ["user: Where is Paris? I mean the one in Texas."]);
  assert.equal(parts.provider.replies, 2);
  assert.deepEqual((await parts.stored()).map(({ json }) => json.text), ["Where is Paris? I mean the one in Texas."]);
});

test("a cough before the answer sounds changes no words, and the answer comes", () => {
  const parts = setUp();
  const utterances = new Utterances(parts.conversation, () => parts.conversation.cancel());
  utterances.began();
  utterances.said("Where is Paris?");
  utterances.began();
  utterances.said("");
  parts.provider.begin();
  parts.provider.finish("cancelled");

  assert.deepEqual(parts.provider.says, ["user: Where is Paris?"]);
  assert.equal(parts.provider.replies, 2);
});

test("who speaks once the answer was heard begins a turn of his own", () => {
  const parts = setUp();
  const utterances = new Utterances(parts.conversation, () => {});
  utterances.began();
  utterances.said("Where is Paris?");
  const response_id = speak(parts, "In France.");
  parts.provider.finish();
  parts.conversation.take({ type: "app.voice.done", response_id });
  utterances.began();
  utterances.said("And Rome?");

  assert.deepEqual(parts.texts(), ["Where is Paris?", "In France.", "And Rome?"]);
});

test("corrected words are answered anew, and the old answer is gone everywhere", async () => {
  const parts = setUp();
  const itemId = parts.conversation.type("Where is Bath?");
  const response_id = speak(parts, "In England.");
  parts.provider.finish();
  parts.conversation.take({ type: "app.voice.done", response_id });
  await parts.stored();

  parts.conversation.revise(itemId, "Where is Perth?");

  assert.deepEqual(parts.provider.says, ["user: Where is Perth?"]);
  assert.deepEqual(parts.texts(), ["Where is Perth?"]);
  assert.equal(parts.provider.activeId, "resp_2");
  const sent = (await parts.stored()).map(({ method, json }) => `${method} ${json?.text ?? ""}`);
  assert.deepEqual(sent.toSorted(), ["DELETE ", "POST In England.", "POST Where is Bath?", "POST Where is Perth?"]);
  assert.deepEqual(parts.provider.refused, []);
});

test("words are corrected while they are being answered", () => {
  const parts = setUp();
  const itemId = parts.conversation.type("Where is Bath?");
  parts.provider.begin();
  parts.provider.write("In Eng");
  parts.conversation.revise(itemId, "Where is Perth?");
  parts.provider.finish("cancelled");

  assert.deepEqual(parts.provider.says, ["user: Where is Perth?"]);
  assert.deepEqual(parts.texts(), ["Where is Perth?"]);
  assert.equal(parts.provider.activeId, "resp_2");
});

test("words are corrected before a session listens", () => {
  const history = [newTurn({ itemId: "a", text: "Where is Bath?", final: true, stored: true }),
    newTurn({ itemId: "b", role: "assistant", text: "In England.", final: true, stored: true })];
  const parts = setUp(history, { isReady: false });
  parts.conversation.revise("a", "Where is Perth?");
  parts.conversation.begin(null);

  assert.deepEqual(parts.provider.says, ["user: Where is Perth?"]);
  assert.equal(parts.provider.replies, 1);
});

test("a new session is told everything once, under the names that it will hear", () => {
  const parts = setUp();
  parts.conversation.type("Tell me");
  const id = speak(parts, STORY);
  parts.provider.finish();
  parts.conversation.cut(id, 1_000);
  const said = parts.provider.says;
  parts.conversation.lose();
  parts.provider.items = [];
  parts.conversation.begin(null);

  assert.deepEqual(parts.provider.says, said);
  assert.deepEqual(parts.conversation.dialogue.turns.map(({ providerId }) => providerId), parts.provider.items.map(({ id: each }) => each));
  assert.deepEqual(parts.texts().length, 2);
  assert.equal(parts.provider.replies, 1);
});

test("an answer that was asked for is asked for again in the next session", () => {
  const parts = setUp();
  parts.conversation.type("Tell me");
  parts.conversation.lose();
  Object.assign(parts.provider, { items: [], activeId: "" });
  parts.conversation.begin(null);

  assert.equal(parts.provider.replies, 2);
});

test("the assistant speaks first where nothing was said yet", () => {
  const empty = setUp([], { isReady: false });
  empty.conversation.begin("Greet.");
  const old = setUp([newTurn({ itemId: "a", role: "assistant", text: "Hi", final: true })], { isReady: false });
  old.conversation.begin("Greet.");

  assert.equal(empty.provider.replies, 1);
  assert.equal(old.provider.replies, 0);
});
