import assert from "node:assert/strict";
import { test } from "node:test";

import { plainText } from "../../static/js/speech/plain_text.js";
import { Pace, SpokenReply } from "../../static/js/speech/spoken_reply.js";
import { TEXT, settled, soundOf, speaking, pieces } from "./silent_voice.js";

test("one request at a time waits for its first sound, and at most two are ahead of the one that plays", async () => {
  /** @type {((pieces: AsyncIterable<number>) => void)[]} */
  const answers = [];
  const { voice, player, asked } = speaking(() => new Promise((resolve) => { answers.push(resolve); }));
  voice.begin("r");
  voice.write(TEXT);
  voice.finish();
  await settled();
  assert.equal(asked.length, 1);

  for (const count of [2, 3, 3]) {
    answers[asked.length - 1]?.(pieces([1000]));
    await settled();
    assert.equal(asked.length, count);
  }
  player.begin();
  await settled();
  assert.equal(asked.length, 3);

  player.playOne();
  await settled();
  assert.equal(asked.length, 4);
});

test("every word is asked for once, and the clauses carry the whole text", async () => {
  const { voice, player, asked, times } = speaking(async (text) => pieces([soundOf(text)]));
  voice.begin("r");
  for (const word of TEXT.split(/(?<= )/)) voice.write(word);
  voice.finish();
  await settled();
  player.begin();
  while (player.line.length > 0) {
    player.playOne();
    await settled();
  }

  const clauses = times("clauses").at(-1)?.[2];
  assert.ok(times("clauses").every(([, , list]) => TEXT.startsWith(list.map((/** @type {any} */ { text }) => text).join(""))));
  assert.equal(asked.join(""), TEXT);
  assert.equal(clauses.map((/** @type {any} */ { text }) => text).join(""), TEXT);
  assert.equal(clauses.at(-1).endMs, asked.map(soundOf).reduce((sum, ms) => sum + ms));
  assert.deepEqual(times("started"), [["started", "r"]]);
  assert.deepEqual(times("done"), [["done", "r"]]);
  assert.equal(voice.isSpeaking, false);
});

test("stopping ends every request and tells how much was heard", async () => {
  const { voice, player, signals, times } = speaking(async (text) => pieces([soundOf(text)]));
  voice.begin("r");
  voice.write(TEXT);
  await settled();
  player.begin();
  player.heardMs = 700;

  assert.deepEqual(voice.stop(), { responseId: "r", ms: 700 });
  assert.equal(voice.stop(), null);
  voice.write("nobody hears this.");
  await settled();

  assert.ok(signals.every(({ aborted }) => aborted));
  assert.equal(times("done").length + times("failed").length, 0);
});

test("a reply that cannot be spoken is done without a sound", async () => {
  const { voice, asked, told } = speaking(async () => pieces([]));
  voice.begin("r");
  voice.write(" \n");
  voice.finish();
  await settled();

  assert.deepEqual(asked, []);
  assert.deepEqual(told.at(-1), ["done", "r"]);
});

test("short chunks that wait are asked for together, but not the first ones", () => {
  const reply = new SpokenReply("r", "en");
  for (const text of ["One is first. ", "Two is second and longer than that. ", "Three is a third sentence here. ", "Four is the fourth sentence here. ", "Five."]) reply.write(text);
  reply.finish();

  const [one, two] = [reply.takeNext(), reply.takeNext()];
  if (one) one.ms = 900;
  if (two) two.ms = 900;
  const three = reply.takeNext();

  assert.equal(one?.text, "One is first. ");
  assert.ok(three?.text.startsWith("Three") && three.text.includes("Four"));
});

test("the pace is learnt from what was spoken", () => {
  const pace = new Pace(1);
  const before = pace.expected("x".repeat(100));
  pace.learn("x".repeat(1000), 100_000);

  assert.equal(before, 6500);
  assert.ok(pace.expected("x".repeat(100)) > 9500);
  assert.equal(new Pace(2).expected("x".repeat(100)), 3250);
});

for (const [written, plain] of [
  ["**Bold** and `code`", "  Bold   and  code "],
  ["# Title\n- one\n- two", "  Title\n  one\n  two"],
  ["see [the page](https://example.org/a_b) now", "see  the page" + " ".repeat(27) + "now"],
  ["look at https://example.org/x now", "look at " + " ".repeat(21) + " now"],
  ["a\n```py\nprint(1)\n```\nb", "a\n" + " ".repeat(18) + "\nb"],
  ["good 👍 job", "good    job"],
  ["3 - 2 is 1", "3 - 2 is 1"],
]) {
  test(`marks are not spoken: ${written}`, () => {
    assert.equal(plainText(written ?? ""), plain);
  });
}
