/** Sound for tests: voices by espeak-ng, rooms, keys, echoes. All at 16 kHz, -1 to 1. */

import { spawnSync } from "node:child_process";

import { Resampler } from "../../static/js/audio/resampler.js";

const RATE = 16_000;
const HEADER = 44;

/** Whether espeak-ng is here; a reason to skip otherwise. Where all parts must be there, its absence fails. */
export const noVoices = spawnSync("espeak-ng", ["--version"]).error && process.env.CI !== "true" ? "install espeak-ng" : false;

/** @param {string} text @param {string} [voice] @returns {Float32Array} */
export function speak(text, voice = "en-us") {
  const { stdout } = spawnSync("espeak-ng", ["-v", voice, "-s", "150", "--stdout", text], { maxBuffer: 1e8 });
  const rate = stdout.readUInt32LE(24);
  const samples = new Float32Array((stdout.length - HEADER) >> 1);
  for (let index = 0; index < samples.length; index += 1) samples[index] = stdout.readInt16LE(HEADER + 2 * index) / 32_768;
  const sound = new Resampler(rate, RATE).process(samples).slice();
  const peak = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const first = sound.findIndex((sample) => Math.abs(sample) > 0.02 * peak);
  return scaled(sound.subarray(first, sound.findLastIndex((sample) => Math.abs(sample) > 0.02 * peak)), 0.5 / peak);
}

/** @param {number} seconds */
export function silence(seconds) {
  return new Float32Array(Math.round(seconds * RATE));
}

/** @param {...Float32Array} parts */
export function joined(...parts) {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {Float32Array} sound @param {number} gain */
export function scaled(sound, gain) {
  return sound.map((sample) => sample * gain);
}

/** @param {Float32Array} sound @param {Float32Array} other @param {number} [seconds]  where the other begins; the length stays */
export function mixed(sound, other, seconds = 0) {
  const at = Math.round(seconds * RATE);
  return sound.map((sample, index) => sample + (other[index - at] ?? 0));
}

/** The same numbers in every run, -1 to 1. @param {number} seed */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 31 - 1;
  };
}

/** A room or a fan. @param {number} seconds @param {number} level  root mean square @param {number} [rumble]  0 is white, towards 1 lower */
export function noise(seconds, level, rumble = 0.95) {
  const random = randomNumbers(7);
  let value = 0;
  const sound = silence(seconds).map(() => { value = rumble * value + random(); return value; });
  const power = sound.reduce((sum, sample) => sum + sample * sample, 0) / sound.length;
  return scaled(sound, level / Math.sqrt(power));
}

/** Somebody types: knocks that die away within 10 ms. @param {number} seconds @param {number} perSecond */
export function keys(seconds, perSecond) {
  const random = randomNumbers(3);
  const sound = silence(seconds);
  for (let time = 0.1; time < seconds - 0.1; time += (1 + 0.4 * random()) / perSecond) {
    const begin = Math.round(time * RATE);
    const pitch = 400 + 1_500 * (random() + 1);
    const decay = RATE * (0.008 + 0.004 * random());
    for (let index = 0; index < 1_200; index += 1) {
      const ring = 0.6 * random() + 0.5 * Math.sin((2 * Math.PI * pitch * index) / RATE) + 0.3 * Math.sin((2 * Math.PI * 150 * index) / RATE);
      sound[begin + index] = (sound[begin + index] ?? 0) + 0.4 * Math.exp(-index / decay) * ring;
    }
  }
  return sound;
}

/** What of a sound comes back. @param {Float32Array} sound @param {number} seconds  later @param {number} gain @param {number} [walls]  share of the reverberation */
export function echo(sound, seconds, gain, walls = 0) {
  const random = randomNumbers(11);
  const paths = [[0, 1]];
  for (let count = 0; walls && count < 30; count += 1) {
    const late = Math.abs(random()) * 0.3;
    paths.push([late, walls * random() * 10 ** (-10 * late)]);
  }
  const result = new Float32Array(sound.length);
  for (const [late = 0, share = 0] of paths) {
    const at = Math.round((seconds + late) * RATE);
    for (let index = at; index < result.length; index += 1) result[index] = (result[index] ?? 0) + gain * share * (sound[index - at] ?? 0);
  }
  return result;
}
