/** All that a call needs, ready before the tap. It comes with page/during_call.js. */

import { Call } from "./call.js";
import { KeyRing } from "./key_ring.js";
import { prepareLine } from "./webrtc.js";

export { Call };

/** The key that the next call of the page takes. */
export const keys = new KeyRing();

/**
 * Fetch the key and build the line.
 * @param {{mode?: string, conversation_id?: string|null}} wishes
 * @param {RTCIceServer[]} iceServers
 */
export function prepareCall(wishes, iceServers) {
  keys.prepare(wishes);
  prepareLine(iceServers);
}
