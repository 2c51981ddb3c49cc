import assert from "node:assert/strict";
import { test } from "node:test";

import { fromBase64, toBase64 } from "../../static/js/audio/base64.js";
import { PcmSegment } from "../../static/js/audio/pcm_segment.js";
import { SocketSound } from "../../static/js/audio/socket_sound.js";
import { RelayedReplies } from "../../static/js/call/relayed_replies.js";

/** @typedef {import("../../static/js/types.js").RealtimeEvent} RealtimeEvent */

/** A player without sound: the test says how much was played. */
class SilentPlayer {
  events = { moved(/** @type {PcmSegment|null} */ _) {} };
  isPlaying = false;
  played = 0;
  /** @type {PcmSegment[]} */
  line = [];
  #count = 0;

  open() {
    this.#count += 1;
    const segment = new PcmSegment(this.#count, /** @type {any} */ (this));
    this.line.push(segment);
    return segment;
  }

  order() {}
  close() {}

  stop() {
    const ms = this.played;
    Object.assign(this, { line: [], played: 0, isPlaying: false });
    return ms;
  }

  /** @param {number} ms  of the first in line */
  play(ms) {
    this.isPlaying = true;
    this.played += ms;
    this.events.moved(this.line[0] ?? null);
  }

  /** The first in line comes to its end. */
  pass() {
    this.line.shift();
    this.isPlaying = this.line.length > 0;
    this.events.moved(this.line[0] ?? null);
  }
}

function setUp() {
  const player = new SilentPlayer();
  /** @type {RealtimeEvent[]} */
  const sent = [];
  /** @type {string[]} */
  const told = [];
  const sound = new SocketSound(/** @type {any} */ (player));
  const replies = new RelayedReplies((event) => sent.push(event), ({ type, response_id }) => told.push(`${type.split(".")[1]} ${response_id}`), sound);
  /** @param {string} type @param {object} [fields] */
  const hear = (type, fields = {}) => replies.hear({ type, ...fields });
  return { player, replies, sent, told, hear };
}

/** @param {number} ms */
const deltaOf = (ms) => Buffer.alloc(48 * ms).toString("base64");

/** @param {ReturnType<typeof setUp>} parts @param {string} id @param {number} ms  of its sound */
function begin({ hear }, id, ms) {
  hear("response.created", { response: { id } });
  hear("response.output_audio.delta", { response_id: id, item_id: `item_${id}`, content_index: 0, delta: deltaOf(ms) });
}

/** @param {ReturnType<typeof setUp>} parts @param {string} id */
function end({ hear }, id) {
  hear("response.output_audio.done", { response_id: id, item_id: `item_${id}`, content_index: 0 });
  hear("response.done", { response: { id } });
}

test("bytes survive the way there and back", () => {
  const bytes = Uint8Array.from({ length: 1920 }, (_, index) => index % 256);

  assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  assert.equal(fromBase64("no base64!").length, 0);
});

test("a reply is told when its sound begins and when it was heard to its end", () => {
  const parts = setUp();
  const { player, told } = parts;
  begin(parts, "a", 1000);
  end(parts, "a");
  assert.deepEqual(told, []);

  player.play(10);
  player.play(990);
  assert.deepEqual(told, ["started a"]);
  player.pass();

  assert.deepEqual(told, ["started a", "stopped a"]);
});

test("a reply that is still being made goes on after a pause", () => {
  const parts = setUp();
  const { player, told, hear } = parts;
  begin(parts, "a", 500);
  hear("response.output_audio.done", { response_id: "a", item_id: "item_a" });
  player.play(500);
  player.pass();
  hear("response.output_audio.delta", { response_id: "a", item_id: "item_b", content_index: 0, delta: deltaOf(500) });
  player.play(500);
  assert.deepEqual(told, ["started a"]);

  hear("response.done", { response: { id: "a" } });
  player.pass();

  assert.deepEqual(told, ["started a", "stopped a"]);
});

test("whoever speaks into a reply silences it, and the provider learns what was heard", () => {
  const parts = setUp();
  const { player, told, sent, hear } = parts;
  begin(parts, "a", 5000);
  player.play(1234.5);

  hear("input_audio_buffer.speech_started", { item_id: "item_u" });
  hear("response.output_audio.delta", { response_id: "a", item_id: "item_a", content_index: 0, delta: deltaOf(100) });
  end(parts, "a");

  assert.equal(player.line.length, 0);
  assert.deepEqual(told, ["started a", "cleared a"]);
  const [{ event_id, ...truncation } = { event_id: "", type: "" }] = sent;
  assert.deepEqual(truncation, { type: "conversation.item.truncate", item_id: "item_a", content_index: 0, audio_end_ms: 1234 });
  assert.match(event_id, /^harmless_/);
});

test("the next reply is heard again", () => {
  const parts = setUp();
  const { player, told, hear } = parts;
  begin(parts, "a", 5000);
  player.play(100);
  hear("input_audio_buffer.speech_started");
  end(parts, "a");

  begin(parts, "b", 300);
  player.play(300);

  assert.deepEqual(told, ["started a", "cleared a", "started b"]);
});

test("the position counts from the begin of the item, whatever was played before", () => {
  const parts = setUp();
  const { player, sent, hear } = parts;
  begin(parts, "a", 700);
  end(parts, "a");
  begin(parts, "b", 900);
  player.play(700);
  player.pass();
  player.play(200);

  hear("input_audio_buffer.speech_started");

  assert.deepEqual(sent.map(({ item_id, audio_end_ms }) => [item_id, audio_end_ms]), [["item_b", 200]]);
});

test("a position beyond what came is cut to that", () => {
  const parts = setUp();
  const { player, sent, hear } = parts;
  begin(parts, "a", 700);
  player.play(720);

  hear("input_audio_buffer.speech_started");

  assert.deepEqual(sent.map(({ audio_end_ms }) => audio_end_ms), [700]);
});

test("of a reply that nobody heard nothing is kept", () => {
  const parts = setUp();
  const { player, sent, told, replies } = parts;
  begin(parts, "a", 700);

  replies.obey({ type: "response.cancel" });

  assert.deepEqual(sent.map(({ type, item_id }) => [type, item_id]), [["conversation.item.delete", "item_a"]]);
  assert.equal(player.line.length, 0);
  assert.deepEqual(told, []);
});

test("a cancelled reply that sounds is heard on until its buffer is cleared", () => {
  const parts = setUp();
  const { player, sent, told, replies } = parts;
  begin(parts, "a", 700);
  player.play(100);
  replies.obey({ type: "response.cancel" });
  assert.deepEqual([sent.length, told], [0, ["started a"]]);

  replies.obey({ type: "output_audio_buffer.clear" });

  assert.deepEqual(told, ["started a", "cleared a"]);
  assert.equal(sent[0]?.audio_end_ms, 100);
});

test("a session whose replies are not interrupted is not", () => {
  const parts = setUp();
  const { player, told, hear } = parts;
  hear("session.updated", { session: { audio: { input: { turn_detection: { type: "server_vad", interrupt_response: false } } } } });
  begin(parts, "a", 700);
  player.play(100);

  hear("input_audio_buffer.speech_started");

  assert.deepEqual(told, ["started a"]);
});
