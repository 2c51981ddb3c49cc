import assert from "node:assert/strict";
import { test } from "node:test";

import { toWav } from "../../static/js/audio/wav.js";
import { problem } from "../../static/js/errors.js";
import { Recorder } from "../../static/js/speech/recorder.js";

/** A server whose answers are given by the test. */
function server() {
  /** @type {{size: number, language: unknown, answer: (text: string) => void, refuse: (error: Error) => void}[]} */
  const asked = [];
  const transcribe = (/** @type {Blob} */ sound, { language = /** @type {string|null} */ (null) } = {}) => new Promise((resolve, reject) => {
    asked.push({ size: sound.size, language, answer: (text) => resolve({ text, language: null, seconds: 1 }), refuse: reject });
  });
  return { asked, recorder: new Recorder(/** @type {any} */ (transcribe)) };
}

const settled = () => new Promise((resolve) => { setTimeout(resolve, 5); });
const sound = (/** @type {number} */ samples) => new Int16Array(samples);

test("a WAV file says what it is", async () => {
  const bytes = new DataView(await toWav(Int16Array.of(1, -2, 32_767), 16_000).arrayBuffer());
  const words = new TextDecoder().decode(bytes);

  assert.equal(bytes.byteLength, 50);
  assert.deepEqual([words.slice(0, 4), words.slice(8, 16), words.slice(36, 40)], ["RIFF", "WAVEfmt ", "data"]);
  assert.deepEqual([bytes.getUint32(4, true), bytes.getUint32(24, true), bytes.getUint32(40, true)], [42, 16_000, 6]);
  assert.deepEqual([44, 46, 48].map((at) => bytes.getInt16(at, true)), [1, -2, 32_767]);
});

test("two are on their way at once, words come in the order in which they were spoken", async () => {
  const { asked, recorder } = server();
  /** @type {string[]} */
  const told = [];
  for (const length of [1, 2, 3]) recorder.write(sound(length), "de").then((text) => told.push(text));
  await settled();
  assert.deepEqual(asked.map(({ size, language }) => [size, language]), [[46, "de"], [48, "de"]]);

  asked[1]?.answer(" second ");
  await settled();
  assert.deepEqual(told, []);
  asked[0]?.answer("first");
  await settled();
  asked[2]?.answer("third");
  await settled();

  assert.deepEqual(told, ["first", "second", "third"]);
});

test("what did not get through is sent once more", async () => {
  const { asked, recorder } = server();
  const words = recorder.write(sound(1), "");
  await settled();

  asked[0]?.refuse(problem("server-unreachable"));
  await new Promise((resolve) => { setTimeout(resolve, 750); });
  asked[1]?.answer("here it is");

  assert.equal(await words, "here it is");
});

test("what is refused is not sent again, and holds up nothing", async () => {
  const { asked, recorder } = server();
  const refused = assert.rejects(recorder.write(sound(1), ""), { code: "unreadable-audio" });
  const next = recorder.write(sound(2), "");
  await settled();

  asked[0]?.refuse(Object.assign(problem("unexpected"), { code: "unreadable-audio" }));
  asked[1]?.answer("next");

  await refused;
  assert.equal(await next, "next");
  assert.equal(asked.length, 2);
});
