import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { WebSocketLine } from "../../static/js/call/websocket.js";
import { Socket, settle } from "./socket.js";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  let now = 0;
  mock.method(performance, "now", () => now);
  pass = (ms) => {
    // The clock first: whoever is woken looks at it.
    for (const end = now + ms; now < end;) {
      now += 1_000;
      mock.timers.tick(1_000);
    }
  };
  Socket.install();
});

/** @type {(ms: number) => void} */
let pass = () => {};

async function setUp() {
  /** @type {string[]} */
  const told = [];
  const line = new WebSocketLine("recvonly");
  line.events = {
    message: (data) => told.push(JSON.parse(String(data)).type),
    sound: () => told.push("sound"),
    light: (name, light) => told.push(`${name} ${light}`),
    lost: () => told.push("lost"),
    ended: ({ code }) => told.push(`ended ${code}`),
    session: () => told.push("session"),
  };
  const up = line.open(Promise.resolve(/** @type {any} */ ({ relay_url: "/ws/realtime?call_id=a" })));
  up.catch(() => {});
  await settle();
  const socket = /** @type {Socket} */ (Socket.made[0]);
  const welcome = async () => {
    socket.say({ type: "session.created", session: {} });
    await up;
    told.length = 0;
  };
  return { line, up, told, socket, welcome };
}

test("a line is up at the provider's first word", async () => {
  const { line, up, told, socket } = await setUp();
  socket.say({ type: "relay.alive" });
  await settle();
  assert.deepEqual(told, ["webrtc wait", "datachannel wait"]);

  socket.say({ type: "session.created", session: {} });
  await up;

  assert.deepEqual(told.slice(2), ["session.created", "webrtc on", "datachannel on"]);
  assert.ok(line.send({ type: "response.create" }));
  assert.deepEqual(socket.sent, ['{"type":"response.create"}']);
});

test("what the provider says against it is what the person is told", async () => {
  const { up, socket } = await setUp();
  socket.say({ type: "error", error: { code: "insufficient_quota", message: "none left" } });

  await assert.rejects(up, { code: "quota-used" });
});

test("a line that is refused, or never answered, fails", async () => {
  const refused = await setUp();
  refused.socket.close(1006);
  await assert.rejects(refused.up, { code: "line-failed" });

  Socket.made = [];
  const unanswered = await setUp();
  pass(10_000);
  await assert.rejects(unanswered.up, { code: "line-failed" });
});

test("a relay that falls silent is lost", async () => {
  const { told, socket, welcome } = await setUp();
  await welcome();
  pass(60_000);
  assert.deepEqual(told, []); // one that never gave a sign of life is not expected to

  socket.say({ type: "relay.alive" });
  pass(11_000);
  socket.say({ type: "relay.alive" });
  pass(11_000);
  assert.deepEqual(told, []);
  pass(3_000);

  assert.deepEqual(told, ["webrtc off", "datachannel off", "lost"]);
});

test("a line that breaks is lost, one that is closed on purpose is ended", async () => {
  for (const [code, end] of /** @type {[number, string][]} */ ([[1006, "lost"], [1012, "lost"], [1013, "lost"], [1000, "ended provider-ended"], [1001, "ended provider-ended"]])) {
    Socket.made = [];
    const { told, socket, welcome } = await setUp();
    await welcome();
    socket.close(code);
    assert.deepEqual(told.at(-1), end);
  }
});

test("the last word before the end says why", async () => {
  const { told, socket, welcome } = await setUp();
  await welcome();
  socket.say({ type: "error", error: { code: "call-ended", message: "over" } });
  socket.close(1000);

  assert.deepEqual(told, ["error", "webrtc off", "datachannel off", "ended call-ended"]);
});

test("whoever closes it hears no more of it", async () => {
  const { line, told, welcome } = await setUp();
  await welcome();
  line.close();
  line.close();

  assert.deepEqual(told, ["webrtc off", "datachannel off"]);
  assert.equal(line.send({ type: "response.create" }), false);
});

test("a line that is not wanted any more is closed once it is open", async () => {
  const { line, up, socket } = await setUp();
  line.close();
  await assert.rejects(up, { code: "line-failed" });
  assert.equal(socket.readyState, Socket.CONNECTING);

  assert.equal(socket.open().readyState, 3);
});
