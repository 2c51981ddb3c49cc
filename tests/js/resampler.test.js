import assert from "node:assert/strict";
import { test } from "node:test";

import { Resampler } from "../../static/js/audio/resampler.js";

/** @param {number} hz @param {number} rate @param {number} [seconds] */
function sine(hz, rate, seconds = 0.5) {
  return Float32Array.from({ length: rate * seconds }, (_, index) => 0.5 * Math.sin((2 * Math.PI * hz * index) / rate));
}

/** What a sound has beside a sine of this pitch, decibels below it. @param {Float32Array} sound @param {number} hz @param {number} rate */
function signalToNoise(sound, hz, rate) {
  const whole = Math.floor(((sound.length * 0.8) * hz) / rate); // periods
  const count = Math.round((whole * rate) / hz);
  const part = sound.subarray(Math.floor(sound.length * 0.1), Math.floor(sound.length * 0.1) + count);
  let [sin, cos, power] = [0, 0, 0];
  part.forEach((sample, index) => {
    const angle = (2 * Math.PI * hz * index) / rate;
    sin += sample * Math.sin(angle);
    cos += sample * Math.cos(angle);
    power += sample * sample;
  });
  const signal = (sin * sin + cos * cos) * 2 / count;
  return 10 * Math.log10(signal / Math.max(power - signal, 1e-12));
}

/** @param {Float32Array} sound @param {number[]} lengths  of the blocks, again and again @param {Resampler} resampler */
function inBlocks(sound, lengths, resampler) {
  const found = [];
  for (let at = 0, turn = 0; at < sound.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    found.push(...resampler.process(sound.subarray(at, at + length)));
    at += length;
  }
  return Float32Array.from(found);
}

for (const rate of [48_000, 44_100, 96_000, 16_000, 22_050]) {
  test(`a tone keeps its pitch and stays clean from 24000 to ${rate} hertz`, () => {
    for (const hz of [200, 1000, 4000]) {
      const found = new Resampler(24_000, rate).process(sine(hz, 24_000));

      assert.ok(signalToNoise(found, hz, rate) > 70, `${hz} Hz: ${signalToNoise(found, hz, rate)} dB`);
    }
  });
}

test("a high tone leaves no image that could be heard", () => {
  const found = new Resampler(24_000, 48_000).process(sine(9000, 24_000));

  assert.ok(signalToNoise(found, 9000, 48_000) > 65);
});

test("what the lower rate cannot hold is taken out", () => {
  const found = new Resampler(48_000, 16_000).process(sine(11_000, 48_000)).subarray(200);

  assert.ok(Math.max(...found.map(Math.abs)) < 0.001);
});

test("the length of the blocks changes nothing", () => {
  const sound = sine(440, 24_000);

  const whole = new Resampler(24_000, 44_100).process(sound);
  const parts = inBlocks(sound, [1, 7, 480, 3], new Resampler(24_000, 44_100));

  assert.deepEqual(parts, whole);
});

test("sound that is fetched equals sound that is given", () => {
  const sound = sine(440, 24_000);
  const samples = sound.values();
  const resampler = new Resampler(24_000, 48_000);
  const found = Array.from({ length: 100 }, () => {
    const block = new Float32Array(128);
    resampler.render(block, () => samples.next().value ?? 0);
    return [...block];
  }).flat();

  assert.deepEqual(found, [...new Resampler(24_000, 48_000).process(sound)].slice(0, found.length));
});
