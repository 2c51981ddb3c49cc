/** A conversation whose model calls tools, for tests: the server and the clock are the test's. */

import assert from "node:assert/strict";
import { after, mock } from "node:test";

Object.assign(globalThis, { window: globalThis });
mock.timers.enable({ apis: ["setTimeout"] });
const { Conversation } = await import("../../static/js/call/conversation.js");
const { Tools } = await import("../../static/js/call/tools.js");

/** @typedef {import("../../static/js/types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../../static/js/types.js").ToolCall} ToolCall */

const OFFER = [
  { name: "clock", title: "Clock", needs_approval: false },
  { name: "send", title: "Send mail", needs_approval: true },
];

/** What was run, and how each run ends. @type {{name: string, json: any, end: (answer: Response) => void, fail: () => void}[]} */
export const runs = [];
globalThis.fetch = (url, { body } = {}) => new Promise((resolve, reject) => {
  const name = decodeURIComponent(String(url).split("/").at(-1) ?? "");
  if (!String(url).includes("/tools/")) return resolve(new Response("<li></li>"));
  runs.push({ name, json: JSON.parse(String(body)), end: resolve, fail: () => reject(new TypeError("no network")) });
});

/** Let promises run. */
export const soon = async () => { for (let i = 0; i < 20; i += 1) await null; };

/** @type {InstanceType<typeof Conversation>[]} */
const open = [];
after(() => { for (const conversation of open) conversation.lose(); });

export function setUp() {
  /** @type {RealtimeEvent[]} */
  const sent = [];
  /** @type {ToolCall[]} */
  const shown = [];
  runs.length = 0;
  const send = (/** @type {RealtimeEvent} */ event) => sent.push(event) > 0;
  const conversation = new Conversation(null, [], {
    send, origin: () => ({ mode: "text", provider: "test" }), change: () => tools?.look(),
    notice: (what) => assert.fail(what.message), stored() {}, caughtUp() {}, refused() {},
  });
  open.push(conversation);
  const session = /** @type {any} */ ({ call_id: "our-call", tools: OFFER });
  /** @type {InstanceType<typeof Tools>} */
  let tools = new Tools({ conversation, send, session: () => session, show: (call) => shown.push(call) });
  conversation.begin(null);
  const hear = (/** @type {RealtimeEvent} */ event) => { conversation.hear(event); tools.hear(event); };
  let replies = 0;
  const parts = {
    conversation, tools, sent, hear,
    /** Of these types. @param {string} type */
    of: (type) => sent.filter((event) => event.type === type),
    outputs: () => sent.filter(({ item }) => item?.type === "function_call_output").map(({ item }) => item.output),
    states: (id = "call_1") => shown.filter((call) => call.id === id).map(({ state }) => state),
    /** The model calls. @param {string[]} names @param {{isOver?: boolean, status?: string}} [how] @returns {string} id of the reply */
    call(names, { isOver = true, status = "completed" } = {}) {
      const id = `resp_${replies += 1}`;
      hear({ type: "response.created", response: { id, conversation_id: "conv" } });
      for (const [index, name] of names.entries()) hear(doneItem(id, name, index + 1));
      if (isOver) parts.over(id, status);
      return id;
    },
    /** @param {string} id @param {string} [status] @param {object[]} [output] */
    over: (id, status = "completed", output = []) => hear({ type: "response.done", response: { id, status, output, conversation_id: "conv" } }),
    /** @param {number} index @param {string} output @param {boolean} [failed] */
    async end(index, output, failed = false) {
      runs[index]?.end(Response.json({ output, failed }));
      await soon();
    },
    /** The provider confirms all outputs. */
    confirm() {
      for (const { item } of sent) if (item?.type === "function_call_output") hear({ type: "conversation.item.added", item });
    },
  };
  return parts;
}

/** @param {string} response_id @param {string} name @param {number} number */
export function doneItem(response_id, name, number) {
  const item = { id: `item_${number}`, type: "function_call", status: "completed", call_id: `call_${number}`, name, arguments: "{\"zone\":\"UTC\"}" };
  return { type: "response.output_item.done", response_id, item };
}
