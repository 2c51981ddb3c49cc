import assert from "node:assert/strict";
import { test } from "node:test";

import { SoundQueue } from "../../static/js/audio/sound_queue.js";
import { StartBuffer } from "../../static/js/audio/start_buffer.js";

const PER_MS = 24;

/** @param {number} ms @param {number} [from]  phase, samples @returns {Uint8Array} a tone of 240 hertz */
function tone(ms, from = 0) {
  const samples = Int16Array.from({ length: ms * PER_MS }, (_, index) => 16_000 * Math.sin((2 * Math.PI * (index + from)) / 100));
  return new Uint8Array(samples.buffer);
}

/** @param {SoundQueue} queue @param {number} ms */
function play(queue, ms) {
  return Array.from({ length: ms * PER_MS }, () => queue.next());
}

/** @param {number[]} sound */
function largestJump(sound) {
  return sound.reduce((most, sample, index) => Math.max(most, Math.abs(sample - (sound[index - 1] ?? 0))), 0);
}

/** The steepest place of the tone, and the slope of a fade. */
const NO_CLICK = (16_000 / 32_768) * ((2 * Math.PI) / 100 + 1 / 48);

/** @param {number[]} sound @returns {number} samples of the longest silence inside it */
function longestSilence(sound) {
  const loud = sound.flatMap((sample, index) => (Math.abs(sample) > 0.001 ? [index] : []));
  return loud.reduce((most, index, at) => Math.max(most, index - (loud[at - 1] ?? index)), 0);
}

test("segments follow each other without a gap and without a click", () => {
  const queue = new SoundQueue();
  for (const id of [1, 2, 3]) {
    queue.open(id, 100);
    queue.add(id, tone(100, 25), 0);
    queue.end(id);
  }

  const sound = play(queue, 310);

  assert.ok(largestJump(sound) <= NO_CLICK);
  assert.ok(longestSilence(sound) < 5);
  assert.equal(queue.played, 300 * PER_MS);
  assert.equal(queue.current, null);
});

test("bytes may be parted anywhere", () => {
  const bytes = tone(200);
  const [whole, parted] = [new SoundQueue(), new SoundQueue()];
  whole.open(1, 200);
  whole.add(1, bytes, 0);
  parted.open(1, 200);
  for (let at = 0, length = 1; at < bytes.length; at += length, length = (length % 7) + 1) parted.add(1, bytes.subarray(at, at + length), 0);

  assert.deepEqual(play(parted, 150), play(whole, 150));
});

test("a little sound is enough to begin with, less is not", () => {
  const queue = new SoundQueue();
  queue.open(1, 3000);
  queue.add(1, tone(40), 0);
  play(queue, 10);
  assert.equal(queue.isPlaying, false);

  queue.add(1, tone(20, 40 * PER_MS), 5);
  play(queue, 10);
  assert.equal(queue.isPlaying, true);
});

test("a short segment that is complete is not kept waiting", () => {
  const queue = new SoundQueue();
  queue.open(1, 3000);
  queue.add(1, tone(20), 0);
  queue.end(1);

  assert.ok(largestJump(play(queue, 25)) > 0);
  assert.equal(queue.played, 20 * PER_MS);
});

test("a source at half the speed is waited for, then played in one piece", () => {
  const queue = new SoundQueue();
  queue.open(1, 1000);
  /** @type {number[]} */
  const sound = [];
  for (let ms = 0; ms < 2500; ms += 1) {
    if (ms % 40 === 0 && ms < 2000) queue.add(1, tone(20, (ms / 2) * PER_MS), ms);
    if (ms === 2000) queue.end(1);
    sound.push(...play(queue, 1));
  }

  assert.equal(queue.played, 1000 * PER_MS);
  assert.ok(longestSilence(sound) < 5);
  assert.ok(largestJump(sound) <= NO_CLICK);
});

test("sound that runs dry fades out, waits and fades in", () => {
  const queue = new SoundQueue();
  queue.open(1, 1000);
  queue.add(1, tone(100), 0);
  const sound = play(queue, 300);
  assert.equal(queue.isPlaying, false);

  queue.add(1, tone(200, 100 * PER_MS), 10);
  queue.end(1);
  sound.push(...play(queue, 300));

  assert.equal(queue.played, 300 * PER_MS);
  assert.ok(largestJump(sound) <= NO_CLICK);
});

test("stopping fades within 2 ms, forgets all and counts anew", () => {
  const queue = new SoundQueue();
  queue.open(1, 1000);
  queue.add(1, tone(1000), 0);
  const before = play(queue, 101);

  queue.stop();
  queue.open(2, 100);
  queue.add(2, tone(10), 0);
  const sound = play(queue, 20);

  assert.ok(largestJump([...before, ...sound]) <= NO_CLICK);
  assert.ok(sound.slice(49).every((sample) => sample === 0));
  assert.equal(queue.played, 0);
  assert.equal(queue.current?.id, 2);
});

test("only what nobody heard can be forgotten", () => {
  const queue = new SoundQueue();
  for (const id of [1, 2]) {
    queue.open(id, 1000);
    queue.add(id, tone(500), 0);
  }
  play(queue, 10);

  assert.equal(queue.restart(1), false);
  assert.equal(queue.restart(2), true);
  queue.drop([1, 2]);
  assert.equal(queue.current?.id, 1);
  queue.end(1);
  play(queue, 500);
  assert.equal(queue.current, null);
});

test("a segment can be put behind another one", () => {
  const queue = new SoundQueue();
  queue.open(1, 100);
  queue.open(2, 100);
  queue.open(3, 100, 1);
  queue.end(1);

  assert.equal(queue.current?.id, 3);
});

test("an empty segment is passed over", () => {
  const queue = new SoundQueue();
  queue.open(1, 100);
  queue.open(2, 100);
  queue.add(2, tone(100), 0);
  queue.end(2);
  queue.end(1);
  play(queue, 120);

  assert.equal(queue.played, 100 * PER_MS);
  assert.equal(queue.current, null);
});

test("the start buffer follows the pace of the source", () => {
  const buffer = new StartBuffer();
  assert.equal(buffer.needed(3000), 50);

  buffer.arrived(100, 0, true);
  for (let ms = 100; ms <= 500; ms += 100) buffer.arrived(50, ms, false);
  assert.ok(buffer.needed(3000) >= 1500 && buffer.needed(3000) < 2000);
  assert.ok(buffer.needed(60_000) <= 8000);

  for (let ms = 600; ms <= 1000; ms += 100) buffer.arrived(400, ms, false);
  assert.equal(buffer.needed(3000), 50);
});

test("a source in bursts gets more room, and gives it back", () => {
  const buffer = new StartBuffer();
  buffer.ranDry();
  buffer.ranDry();
  assert.equal(buffer.needed(3000), 200);

  buffer.ranWell();
  buffer.ranWell();
  buffer.ranWell();
  assert.equal(buffer.needed(3000), 50);
});
