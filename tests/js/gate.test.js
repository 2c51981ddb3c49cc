import assert from "node:assert/strict";
import { test } from "node:test";

import { Gate } from "../../static/js/audio/gate.js";
import { echo, joined, keys, mixed, noise, noVoices, scaled, silence, speak } from "./sounds.js";

/** @typedef {{type: "began"|"ended", at: number, ms: number, voicedMs: number, isCut: boolean, samples: Int16Array}} Heard  milliseconds */

/**
 * What a gate tells of a sound.
 * @param {Float32Array} microphone @param {Float32Array|null} [voice]  what we play
 * @returns {Heard[]}
 */
function heard(microphone, voice = null, gate = new Gate(true)) {
  const all = [];
  for (let at = 0; at + 160 <= microphone.length; at += 160) {
    for (const event of gate.hear(microphone.subarray(at, at + 160), voice && voice.subarray(at, at + 160))) {
      const samples = event.type === "ended" ? event.samples : new Int16Array(0);
      all.push({ voicedMs: 0, isCut: false, ...event, samples, at: (at + 160) / 16, ms: samples.length / 16 });
    }
  }
  return all;
}

/** In a quiet room, after a second of nothing and before another. @param {Float32Array} sound @param {number} [level] */
function inRoom(sound, level = 0.0015) {
  const all = joined(silence(1), sound, silence(1.5));
  return mixed(all, noise(all.length / 16_000, level));
}

const QUESTION = "What is the capital of France?";
const STORY = "The ocean covers more than seventy percent of the surface of the earth, and most of it has never been seen by a human being. Its deepest place lies almost eleven kilometres below the waves.";
const needsVoices = { skip: noVoices };

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

for (const [late, gain, walls] of [[0, 1, 0], [0.05, 0.5, 0.5], [0.2, 1, 0], [0.2, 0.1, 0], [0.2, 0.5, 0.6], [0.35, 0.3, 0.4], [0.5, 1, 0]]) {
  const name = `an echo after ${1000 * (late ?? 0)} ms, gain ${gain}, walls ${walls}`;

  test(`${name}: our own voice is nobody`, needsVoices, () => {
    const voice = joined(silence(1), speak(STORY), silence(2), speak(QUESTION, "en-gb+f3"), silence(1));
    const microphone = mixed(echo(voice, late ?? 0, gain ?? 0, walls), noise(voice.length / 16_000, 0.0015));

    assert.deepEqual(heard(microphone, voice), []);
  });

  test(`${name}: who speaks over it is noticed`, needsVoices, () => {
    const voice = joined(silence(1), speak(STORY), silence(1));
    const quiet = mixed(echo(voice, late ?? 0, gain ?? 0, walls), noise(voice.length / 16_000, 0.0015));
    const delays = [3, 4.5, 6, 7.3, 9].map((second) => {
      const [began] = heard(mixed(quiet, speak(QUESTION, "en-us+m7"), second), voice);
      return (began?.at ?? Infinity) - 1000 * second;
    }).sort((one, other) => one - other);

    assert.ok((delays[0] ?? 0) > 0, "never before");
    assert.ok((delays[2] ?? 0) <= 150 && (delays[4] ?? 0) <= 600, `noticed after ${delays} ms`);
  });
}

test("without an echo who speaks over our voice is noticed at once", needsVoices, () => {
  const voice = joined(silence(1), speak(STORY));
  const room = noise(voice.length / 16_000, 0.0015);
  const [began] = heard(mixed(room, speak(QUESTION), 5), voice);

  assert.ok((began?.at ?? 0) > 5_000 && (began?.at ?? 0) <= 5_100, `${began?.at}`);
});

test("without an echo one short word over our voice is enough, whenever it comes", needsVoices, () => {
  const voice = joined(silence(1), speak(STORY));
  const room = noise(voice.length / 16_000, 0.0015);
  const word = speak("Stop.");
  const beginnings = Array.from({ length: 12 }, (_, count) => 3 + count / 2);
  const late = beginnings.map((second) => (heard(mixed(room, word, second), voice)[0]?.at ?? Infinity) - 1000 * second);

  assert.ok(Math.max(...late) <= 300, `${late}`); // an s and a stop of 200 ms come before its voice
});

test("our voice is taken out of what the person says over it", needsVoices, () => {
  const voice = joined(silence(1), speak(STORY), silence(2));
  const question = speak(QUESTION, "en-us+m7");
  const [, ended] = heard(mixed(mixed(echo(voice, 0.2, 1), noise(voice.length / 16_000, 0.0015)), question, 9), voice);
  const samples = ended?.samples ?? new Int16Array(0);
  const power = (/** @type {ArrayLike<number>} */ sound) => Array.from(sound, (sample) => sample * sample).reduce((sum, square) => sum + square, 0) / sound.length;

  // The 200 ms before the person begins hold nothing but the echo.
  assert.ok(power(samples.slice(0, 3_200)) / 32_768 ** 2 < power(scaled(voice, 1).subarray(16_000 * 8, 16_000 * 9)) / 30);
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
