/** Whether our own voice stays in the person's ears, as far as the names of the devices tell. */

import { chosenSpeaker } from "./choices.js";

/** Names of devices that are worn; in the languages in which systems name them most. */
const WORN = /head ?(phone|set)|ear ?(phone|bud|pod)|air ?pods|\bbuds\b|hands-?free|kopfhörer|casque|écouteurs|auriculares|cuffie|fones?\b|наушник|гарнитур|耳机|耳機|ヘッド|イヤホン|헤드|이어폰/i;

/**
 * @param {MediaStreamTrack|null} track  of the microphone; a headset's has an earpiece beside it
 * @returns {Promise<boolean>} false where the browser does not say
 */
export async function wearsHeadphones(track) {
  const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
  const outputs = devices.filter(({ kind }) => kind === "audiooutput");
  const used = outputs.find(({ deviceId }) => deviceId === (chosenSpeaker() || "default"));
  // Where speakers have no names (Safari, Firefox) the sound most likely goes where the microphone is.
  return WORN.test(used?.label || track?.label || "");
}
