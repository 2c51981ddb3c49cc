import assert from "node:assert/strict";
import { test } from "node:test";

import { Gate } from "../../static/js/audio/gate.js";
import { QUESTION, heard, needsVoices } from "./heard_by_gate.js";
import { joined, keys, mixed, noise, silence, speak } from "./sounds.js";

const STORY = "The ocean covers more than seventy percent of the surface of the earth, and most of it has never been seen by a human being. Its deepest place lies almost eleven kilometres below the waves.";

/** In a quiet room, after a second of nothing and before another. @param {Float32Array} sound @param {number} [level] */
function inRoom(sound, level = 0.0015) {
  const all = joined(silence(1), sound, silence(1.5));
  return mixed(all, noise(all.length / 16_000, level));
}

for (const voice of ["en-us", "en-gb+f3", "en-us+m7", "de", "fr+f2"]) {
  test(`${voice}: a question is one utterance, noticed at once`, needsVoices, () => {
    const sound = speak(QUESTION, voice);
    const [began, ended, ...more] = heard(inRoom(sound));

    assert.deepEqual([began?.type, ended?.type, more.length], ["began", "ended", 0]);
    assert.ok((began?.at ?? 0) - 1000 <= 80, `noticed after ${(began?.at ?? 0) - 1000} ms`);
    const over = (ended?.at ?? 0) - 1000 - sound.length / 16;
    assert.ok(over >= 250 && over <= 600, `over after ${over} ms`);
    assert.ok((ended?.ms ?? 0) >= sound.length / 16 + 250, "with the silence before and after it");
  });

  test(`${voice}: a word is enough`, needsVoices, () => {
    for (const word of ["Stop.", "Yes.", "No."]) assert.equal(heard(inRoom(speak(word, voice))).length, 2, word);
  });
}

test("nothing is a voice that has no pitch or does not last", () => {
  const clicks = silence(10);
  for (let at = 1_000; at < clicks.length; at += 4_000) clicks.set([0.9, -0.9], at);
  for (const rumble of [0, 0.9, 0.99, 0.999]) assert.deepEqual(heard(joined(noise(3, 0.002, rumble), noise(10, 0.1, rumble))), []);
  for (const perSecond of [3, 6, 8, 10, 14]) assert.deepEqual(heard(inRoom(keys(30, perSecond))), []);
  assert.deepEqual(heard(inRoom(clicks)), []);
  assert.deepEqual(heard(silence(5)), []);
});

test("a voice is heard in a loud room", needsVoices, () => {
  assert.deepEqual(heard(inRoom(speak(QUESTION), 0.03)).map(({ type }) => type), ["began", "ended"]);
});

test("what was said before the voice has pitch is there", needsVoices, () => {
  const sound = speak("Stop.");
  const [, ended] = heard(inRoom(sound));
  const begin = 1 - 0.3;

  assert.ok((ended?.samples.length ?? 0) / 16_000 > 2 - begin - 1, "an s of 150 ms");
});

test("between presses nothing is heard; a press takes the sound just before, a release a short tail", needsVoices, () => {
  const sound = inRoom(speak(QUESTION));
  const gate = new Gate(false);
  assert.deepEqual(heard(sound, null, gate), []);

  assert.deepEqual(gate.press(), [{ type: "began" }]);
  const during = heard(sound, null, gate);
  gate.release();
  const [ended, ...more] = heard(silence(1), null, gate);

  assert.deepEqual([during, more], [[], []]);
  assert.equal(ended?.at, 200);
  assert.equal(ended?.ms, 300 + sound.length / 16 - ((sound.length / 16) % 10) + 200);
});

test("what is dropped is not told, nor is it the beginning of the next", needsVoices, () => {
  const gate = new Gate(true);
  const sound = inRoom(speak(QUESTION));
  heard(sound.subarray(0, 16_000 * 1.5), null, gate);

  gate.drop();

  const [began, ended] = heard(joined(silence(0.05), sound.subarray(16_000)), null, gate);
  assert.equal(began?.type, "began");
  assert.ok((ended?.ms ?? 0) <= 50 + (sound.length - 16_000) / 16);
});

test("after a minute it is cut where it is quiet, and nothing is missing between", needsVoices, () => {
  const talk = speak(STORY);
  const long = joined(...Array(12).fill(talk));
  const gate = new Gate(false);
  gate.press();

  const [first, next] = heard(long.subarray(0, 16_000 * 70), null, gate);
  gate.release();
  const [last] = heard(silence(0.5), null, gate);

  assert.deepEqual([first?.type, first?.isCut, next?.type, last?.isCut], ["ended", true, "began", false]);
  const told = joined(...[first, last].map((part) => Float32Array.from(part?.samples ?? [])));
  assert.ok((first?.ms ?? 0) <= 60_000);
  assert.equal(told.length, 16_000 * 70.2);
  assert.ok(told.every((sample, index) => Math.abs(sample - 32_767 * (long[index] ?? 0)) <= 2 || index >= 16_000 * 70));
});
