import assert from "node:assert/strict";
import { test } from "node:test";

import { problem } from "../../static/js/errors.js";
import { LOST, settled, soundOf, speaking, pieces } from "./silent_voice.js";

test("a request that fails is sent once more, and nobody notices", async () => {
  const { voice, player, asked, told } = speaking(async (text, count) => {
    if (count === 1) throw LOST;
    return pieces([soundOf(text)]);
  });
  voice.begin("r");
  voice.write("All right.");
  voice.finish();
  await settled();
  player.begin();
  player.playOne();

  assert.deepEqual(asked, ["All right.", "All right."]);
  assert.deepEqual(told.at(-1), ["done", "r"]);
});

test("a refusal is not repeated; the browser's voice speaks instead, told once", async () => {
  const { voice, browserVoice, asked, times } = speaking(async () => { throw problem("speech-failed", { status: 404 }); });
  for (const id of ["r", "s"]) {
    voice.begin(id);
    voice.write("All right.");
    voice.finish();
    await settled();
  }

  assert.equal(asked.length, 2);
  assert.deepEqual(browserVoice.said, ["All right.", "All right."]);
  assert.equal(times("notice").length, 1);
  assert.equal(times("notice")[0]?.[1].code, "speech-changed");
  assert.deepEqual(times("done").map(([, id]) => id), ["r", "s"]);
});

test("sound that breaks off is played as far as it came, and the rest is spoken from the next word on", async () => {
  let cut = () => {};
  async function* broken() {
    yield 2000;
    await new Promise((resolve) => { cut = () => resolve(undefined); });
    throw LOST;
  }
  const { voice, player, browserVoice, asked, times } = speaking(async (text, count) => {
    if (count === 1) return pieces([soundOf(text)]);
    return count === 2 ? broken() : Promise.reject(LOST);
  });
  const text = "All right. I will tell you all about the boat and the river. ";
  voice.begin("r");
  voice.write(`${text}It was long ago.`);
  voice.finish();
  await settled();
  player.begin();
  player.playOne();
  await settled();
  cut();
  await settled();
  assert.deepEqual(browserVoice.said, []); // what came still plays
  player.playOne();
  await settled();

  const clauses = times("clauses").at(-1)?.[2];
  const said = browserVoice.said.join("");
  const heard = text.slice(0, -said.indexOf("It was"));
  assert.equal(clauses.map((/** @type {any} */ clause) => clause.text).join(""), `${text}It was long ago.`);
  assert.ok(said.endsWith("It was long ago.") && `${text}It was long ago.`.endsWith(said));
  assert.match(heard, /^All right\. I will tell you .*\s$/); // 1 s, then 2 s of the other chunk
  assert.ok(asked.at(-1)?.length && said.startsWith(asked.at(-1) ?? "?"));
  assert.deepEqual(times("notice").map(([, { code }]) => code), ["speech-changed"]);
  assert.equal(times("done").length, 1);
});

test("sound that breaks off before it was heard is asked for once more", async () => {
  const { voice, player, asked, told } = speaking(async (text, count) => (count === 1 ? pieces([300], LOST) : pieces([soundOf(text)])));
  voice.begin("r");
  voice.write("All right.");
  voice.finish();
  await settled();
  player.begin();
  player.playOne();

  assert.deepEqual(asked, ["All right.", "All right."]);
  assert.deepEqual(told.at(-1), ["done", "r"]);
});

test("without any voice the reply can only be read", async () => {
  const { voice, browserVoice, times } = speaking(async () => { throw LOST; });
  browserVoice.isThere = false;
  voice.begin("r");
  voice.write("All right.");
  voice.finish();
  await settled();

  assert.deepEqual(times("failed").map(([, what, id]) => [what.code, id]), [["speech-failed", "r"]]);
  assert.equal(times("notice").length, 0);
});

test("another voice of the server that stands in is told once", async () => {
  const { voice, player, times } = speaking(async (text, _count, _signal, stoodIn) => {
    stoodIn();
    return pieces([soundOf(text)]);
  });
  for (const id of ["r", "s"]) {
    voice.begin(id);
    voice.write("All right.");
    voice.finish();
    await settled();
    player.begin();
    player.playOne();
  }

  assert.deepEqual(times("notice").map(([, { code }]) => code), ["speech-stood-in"]);
  assert.equal(voice.speaker, "stand-in");
  assert.deepEqual(times("done").map(([, id]) => id), ["r", "s"]);
});

test("sound that breaks off behind the last word is the whole of it", async () => {
  let cut = () => {};
  async function* broken() {
    yield 60_000;
    await new Promise((resolve) => { cut = () => resolve(undefined); });
    throw LOST;
  }
  const { voice, player, browserVoice, asked, times } = speaking(async () => broken());
  voice.begin("r");
  voice.write("All right.");
  voice.finish();
  await settled();
  player.begin();
  cut();
  await settled();
  player.playOne();

  assert.deepEqual(asked, ["All right."]);
  assert.deepEqual(browserVoice.said, []);
  assert.deepEqual(times("done").map(([, id]) => id), ["r"]);
});
