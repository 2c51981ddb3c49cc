/** All that a call needs, ready before the tap. It comes with page/during_call.js. */

import { Call } from "./call.js";
import { KeyRing } from "./key_ring.js";
import { modeNamed } from "./modes.js";
import { dropLine, prepareLine } from "./webrtc.js";

export { Call };

/** The key that the next call of the page takes. */
export const keys = new KeyRing();

/**
 * Fetch the key and what the mode needs, and build the line.
 * @param {{mode?: string, conversation_id?: string|null}} wishes
 * @param {RTCIceServer[]} iceServers
 */
export function prepareCall(wishes, iceServers) {
  const { direction, load } = modeNamed(wishes.mode);
  keys.prepare(wishes);
  prepareLine(iceServers, direction);
  load().catch(() => {}); // the tap will ask again, and tell
}

/** Forget what was made ready: it would not be the call that is wanted now. */
export function dropPrepared() {
  keys.drop();
  dropLine();
}
