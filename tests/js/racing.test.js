import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { problem } from "../../static/js/errors.js";
import { RacingLine } from "../../static/js/call/racing.js";
import { Socket, settle } from "./socket.js";

/** @typedef {import("../../static/js/types.js").SessionAnswer} SessionAnswer */

const HEAD_START = 3_000;

/** @type {string[]} */
let requests = [];

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  Socket.install();
  requests = [];
  Object.assign(globalThis, {
    fetch: async (/** @type {string} */ url, /** @type {{method: string}} */ { method }) => {
      requests.push(`${method} ${url}`);
      return new Response(null, { status: 204 });
    },
  });
});

/** A WebRTC line that the test opens, or not. */
function setUp() {
  /** @type {PromiseWithResolvers<void>} */
  const opening = Promise.withResolvers();
  const webrtc = {
    transport: "webrtc", direction: "recvonly", events: {}, isOpen: false, isClosed: false,
    open: () => opening.promise,
    send: () => true,
    async setMicrophone() {},
    stats: async () => ({ round_trip_ms: 1 }),
    close() { this.isClosed = true; },
  };
  /** @type {string[]} */
  const told = [];
  const minted = mock.fn(async (/** @type {SessionAnswer} */ _) => answer("relay", "/ws/realtime?call_id=relay"));
  const line = new RacingLine(/** @type {any} */ (webrtc), minted);
  line.events = {
    message: (data) => told.push(JSON.parse(String(data)).type),
    sound: () => told.push("sound"),
    light: (name, light) => told.push(`${name} ${light}`),
    lost: () => told.push("lost"),
    ended: ({ code }) => told.push(`ended ${code}`),
    session: ({ call_id }) => told.push(`session ${call_id}`),
  };
  const up = line.open(Promise.resolve(answer("webrtc", null)));
  up.catch(() => {});
  return { webrtc, opening, told, minted, line, up };
}

/** @param {string} call_id @param {string|null} relay_url */
function answer(call_id, relay_url) {
  return /** @type {SessionAnswer} */ (/** @type {unknown} */ ({ call_id, relay_url, conversation_id: "conversation" }));
}

async function headStart() {
  await settle();
  mock.timers.tick(HEAD_START);
  await settle();
}

test("WebRTC that is up in time stays alone", async () => {
  const { webrtc, opening, minted, line, up } = setUp();
  webrtc.isOpen = true;
  opening.resolve();
  await up;
  await headStart();

  assert.equal(minted.mock.callCount(), 0);
  assert.equal(line.transport, "webrtc");
  assert.ok(line.isOpen);
});

test("the relay that is up first takes over, and is told before what comes of it", async () => {
  const { webrtc, told, minted, line, up } = setUp();
  await headStart();
  Socket.made[0]?.say({ type: "session.created", session: {} });
  await up;

  assert.equal(minted.mock.calls[0]?.arguments[0].conversation_id, "conversation");
  assert.equal(Socket.made[0]?.url, "wss://talk.example/ws/realtime?call_id=relay");
  assert.equal(line.transport, "websocket");
  assert.ok(webrtc.isClosed);
  assert.deepEqual(told, ["session relay", "webrtc wait", "datachannel wait", "session.created", "webrtc on", "datachannel on"]);
  line.send({ type: "response.create" });
  assert.deepEqual(Socket.made[0]?.sent, ['{"type":"response.create"}']);
});

test("WebRTC that is up while the relay still connects ends the relay's call", async () => {
  const { webrtc, opening, told, line, up } = setUp();
  await headStart();
  webrtc.isOpen = true;
  opening.resolve();
  await up;
  await settle();

  assert.equal(line.transport, "webrtc");
  assert.equal(Socket.made[0]?.open().readyState, 3);
  assert.deepEqual(requests, ["DELETE /api/realtime/calls/relay"]);
  assert.deepEqual(told, []);
});

test("a network that is known to be blocked is not waited for", async () => {
  const { opening, line, up } = setUp();
  await settle();
  opening.reject(problem("line-failed"));
  await settle();
  Socket.made[0]?.say({ type: "session.created", session: {} });
  await up;

  assert.equal(line.transport, "websocket");
});

test("what is wrong with the call itself is wrong with the relay too", async () => {
  const { opening, minted, up } = setUp();
  await settle();
  opening.reject(problem("provider-refused"));

  await assert.rejects(up, { code: "provider-refused" });
  assert.equal(minted.mock.callCount(), 0);
});

test("when both fail the reason that says more is told", async () => {
  const { opening, up } = setUp();
  await headStart();
  Socket.made[0]?.say({ type: "error", error: { code: "insufficient_quota", message: "none left" } });
  await settle();
  opening.reject(problem("line-failed"));

  await assert.rejects(up, { code: "quota-used" });
});

test("a race that is given up leaves no call behind", async () => {
  const { webrtc, line } = setUp();
  await headStart();
  line.close();
  await settle();

  assert.ok(webrtc.isClosed);
  assert.equal(Socket.made[0]?.open().readyState, 3);
  assert.deepEqual(requests, ["DELETE /api/realtime/calls/relay"]);
});

test("a race that is given up before its time never starts the relay", async () => {
  const { line, minted } = setUp();
  line.close();
  await headStart();

  assert.equal(minted.mock.callCount(), 0);
});
