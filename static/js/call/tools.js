/**
 * What the model calls: each call is run once by our server, or asked about first; its output is told once,
 * and when all calls of a reply have theirs, the model is asked to go on. Nothing is left without an output.
 */

import { runTool } from "../api.js";
import { toProblem } from "../errors.js";
import { deletionOf, newItemId } from "./events.js";
import { isReplyDue } from "./seed.js";
import { Timers } from "./timers.js";
import { ToolBridge } from "./tool_bridge.js";

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").ToolCall} ToolCall */
/** @typedef {{left: number, isOver: boolean}} Batch  the calls of one reply: how many have no output yet; whether it is made */

/**
 * @typedef {object} ToolsHost
 * @property {import("./conversation.js").Conversation} conversation
 * @property {(event: RealtimeEvent) => boolean} send
 * @property {() => import("../types.js").SessionAnswer|null} session
 * @property {(call: ToolCall) => void} show
 */

/** Who has not allowed a tool by then is not going to, milliseconds. */
const APPROVAL_PATIENCE = 60_000;

const REFUSED = "The person did not allow this. Do not try it again unless they ask for it.";
const UNANSWERED = "The person did not say whether this is allowed. Ask them before you try it again.";

export class Tools {
  #host;
  #bridge;
  #timers = new Timers();
  /** All calls of this session, by the provider's id: none is run twice. @type {Map<string, ToolCall>} */
  #calls = new Map();
  /** By reply. @type {Map<string, Batch>} */
  #batches = new Map();
  /** Outputs that the provider has not confirmed. @type {Set<string>} */
  #unconfirmed = new Set();
  /** The model has outputs that it is to speak about. */
  #isDue = false;

  /** @param {ToolsHost} host */
  constructor(host) {
    this.#host = host;
    this.#bridge = new ToolBridge(host.conversation);
  }

  /** @param {RealtimeEvent} event  of the provider, once the dialogue knows it */
  hear({ type, item, response, response_id, error }) {
    if (type === "error") this.#bridge.hearRefusal(error);
    if (type === "response.created") this.#noteReply(response);
    if (type === "response.output_item.done") this.#begin(item, response_id);
    if (type === "response.done") this.#close(response);
    if (type === "conversation.item.added" && item?.type === "function_call_output") this.#unconfirmed.delete(item.call_id);
    this.look();
  }

  /** Something changed in the dialogue: it may be the moment to go on. */
  look() {
    if (!this.#host.conversation.dialogue.sessionReady) this.#lose();
    else if (this.#isDue && this.#isFree) {
      this.#isDue = false;
      this.#host.conversation.goOn();
    }
  }

  /** @param {string} id  of a call that waits for this @param {boolean} isAllowed */
  decide(id, isAllowed) {
    const call = this.#calls.get(id);
    if (call?.state !== "approval") return;
    this.#timers.stop(id);
    this.#bridge.stop();
    if (isAllowed) this.#run(call, true);
    else this.#finish(call, "refused", REFUSED);
  }

  /** No answer is wanted now: what runs is told to the model, and nothing more. */
  hush() {
    if (!this.#isDue && !this.#batches.size) return;
    this.#isDue = false;
    this.#batches.clear();
    this.#bridge.stop();
    this.#host.conversation.take({ type: "app.tools.ended" });
  }

  /** What was called since then is taken back, as are the words that led to it. @param {number} since  milliseconds since the epoch */
  withdraw(since) {
    const gone = [...this.#calls.values()].filter(({ startedAt }) => startedAt >= since);
    if (!gone.length) return;
    this.hush();
    for (const call of gone) {
      this.#timers.stop(call.id);
      this.#calls.delete(call.id);
      this.#change(call, "withdrawn");
      const items = [call.itemId, ...(call.outputId ? [call.outputId] : [])];
      this.#host.conversation.correct(items.map(deletionOf));
    }
  }

  /** Nobody speaks, no reply is being made, awaited, or spoken by our own voice, which does one at a time. */
  get #isFree() {
    const { userSpeaking, isTalking, responseId, awaitingSince, voicedId } = this.#host.conversation.dialogue;
    return !userSpeaking && !isTalking && !responseId && awaitingSince === null && !voicedId;
  }

  get #isWorking() {
    return [...this.#calls.values()].some(({ state }) => state === "running" || state === "approval");
  }

  /** @param {Record<string, any>|undefined} item @param {string} responseId */
  #begin(item, responseId) {
    const { conversation, session } = this.#host;
    const isCall = item?.type === "function_call" && item.status !== "incomplete";
    if (!isCall || this.#calls.has(item.call_id) || conversation.dialogue.asideIds.includes(responseId)) return;
    const offered = session()?.tools?.find(({ name }) => name === item.name);
    /** @type {ToolCall} */
    const call = {
      id: item.call_id, itemId: item.id, outputId: null, responseId, name: item.name, title: offered?.title ?? item.name,
      arguments: item.arguments ?? "", state: "running", output: "", startedAt: Date.now(),
    };
    this.#calls.set(call.id, call);
    const batch = this.#batches.get(responseId) ?? { left: 0, isOver: false };
    this.#batches.set(responseId, { ...batch, left: batch.left + 1 });
    conversation.take({ type: "app.tools.began" });
    if (!offered) this.#finish(call, "failed", `That did not work. There is no tool ${call.name} here.`);
    else if (offered.needs_approval) this.#ask(call);
    else this.#run(call, false);
  }

  /** @param {ToolCall} call */
  #ask(call) {
    this.#change(call, "approval");
    this.#timers.start(call.id, APPROVAL_PATIENCE, () => this.#finish(call, "refused", UNANSWERED));
    this.#bridge.askFor(call.title);
  }

  /** @param {ToolCall} call @param {boolean} approved */
  async #run(call, approved) {
    this.#change(call, "running");
    this.#bridge.start();
    const { output, failed } = await this.#outputOf(call, approved);
    if (call === this.#calls.get(call.id)) this.#finish(call, failed ? "failed" : "done", output);
  }

  /** @param {ToolCall} call @param {boolean} approved @returns {Promise<{output: string, failed: boolean}>} */
  async #outputOf(call, approved) {
    try {
      return await runTool(call.name, { call_id: this.#host.session()?.call_id ?? "", arguments: call.arguments, ...(approved && { approved }) });
    } catch (error) {
      return { output: `That did not work. ${toProblem(error).message}`, failed: true };
    }
  }

  /** @param {ToolCall} call @param {"done"|"failed"|"refused"} state @param {string} output */
  #finish(call, state, output) {
    call.output = output;
    call.outputId = newItemId();
    this.#change(call, state);
    const item = { id: call.outputId, type: "function_call_output", call_id: call.id, output };
    if (this.#host.send({ type: "conversation.item.create", item })) this.#unconfirmed.add(call.id);
    if (!this.#isWorking) this.#bridge.stop();
    const batch = this.#batches.get(call.responseId);
    if (batch) batch.left -= 1;
    this.#settle(call.responseId);
    this.#rest();
  }

  /** A reply is made. @param {Record<string, any>} [response] */
  #close(response = {}) {
    for (const item of response.output ?? []) this.#begin(item, response.id); // a server may leave out the end of an item
    const batch = this.#batches.get(response.id);
    if (!batch) return;
    batch.isOver = true;
    if (response.status === "cancelled") this.#batches.delete(response.id); // its outputs are told, but nobody waits for them
    this.#settle(response.id);
    this.#rest();
  }

  /** @param {string} responseId */
  #settle(responseId) {
    const batch = this.#batches.get(responseId);
    if (!batch?.isOver || batch.left) return;
    this.#batches.delete(responseId);
    this.#isDue = true;
    this.look();
  }

  /** A reply that begins once the provider has the outputs speaks about them by itself. @param {Record<string, any>} [response] */
  #noteReply(response) {
    if (response?.conversation_id === null || this.#bridge.isOwn() || this.#unconfirmed.size || !this.#isDue) return;
    this.#isDue = false;
    this.#rest();
  }

  /** Nothing is waited for any more. */
  #rest() {
    if (!this.#isDue && !this.#batches.size) this.#host.conversation.take({ type: "app.tools.ended" });
  }

  /** The session is gone, and with it what it called; the next one calls again if it is asked again. */
  #lose() {
    if (!this.#calls.size) return;
    const wasWaiting = this.#isDue || this.#batches.size > 0;
    for (const call of this.#calls.values()) if (call.state === "running" || call.state === "approval") this.#change(call, "lost");
    this.#timers.stopAll();
    this.#bridge.stop();
    this.#calls.clear();
    this.#batches.clear();
    this.#unconfirmed.clear();
    this.#isDue = wasWaiting && !isReplyDue(this.#host.conversation.dialogue.turns);
  }

  /** @param {ToolCall} call @param {ToolCall["state"]} state */
  #change(call, state) {
    call.state = state;
    this.#host.show({ ...call });
  }
}
