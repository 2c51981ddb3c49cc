import assert from "node:assert/strict";
import { test } from "node:test";

import { QUESTION, heard, needsVoices } from "./heard_by_gate.js";
import { echo, joined, mixed, noise, scaled, silence, speak } from "./sounds.js";

const STORY = "The ocean covers more than seventy percent of the surface of the earth, and most of it has never been seen by a human being. Its deepest place lies almost eleven kilometres below the waves.";

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
