import { Gate } from "../../static/js/audio/gate.js";
import { noVoices } from "./sounds.js";

/** @typedef {{type: "began"|"ended", at: number, ms: number, voicedMs: number, isCut: boolean, samples: Int16Array}} Heard  milliseconds */

/**
 * What a gate tells of a sound.
 * @param {Float32Array} microphone @param {Float32Array|null} [voice]  what we play
 * @returns {Heard[]}
 */
export function heard(microphone, voice = null, gate = new Gate(true)) {
  const all = [];
  for (let at = 0; at + 160 <= microphone.length; at += 160) {
    for (const event of gate.hear(microphone.subarray(at, at + 160), voice && voice.subarray(at, at + 160))) {
      const samples = event.type === "ended" ? event.samples : new Int16Array(0);
      all.push({ voicedMs: 0, isCut: false, ...event, samples, at: (at + 160) / 16, ms: samples.length / 16 });
    }
  }
  return all;
}

export const QUESTION = "What is the capital of France?";
export const needsVoices = { skip: noVoices };
