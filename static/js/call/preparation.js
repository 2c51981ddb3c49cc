/** All that a call needs, ready before the tap. It comes with page/during_call.js. */

import { Call } from "./call.js";
import { KeyRing } from "./key_ring.js";
import { dropLine, possibleTransport, prepareLine, wishesOver } from "./lines.js";
import { modeNamed } from "./modes.js";

export { Call };

/** The key that the next call of the page takes. */
export const keys = new KeyRing();

/**
 * Fetch the key and what the mode needs, and build the line.
 * @param {{mode?: string, conversation_id?: string|null}} wishes
 * @param {RTCIceServer[]} iceServers
 * @param {import("./lines.js").Transport} [wanted]
 */
export function prepareCall(wishes, iceServers, wanted) {
  const { direction, load } = modeNamed(wishes.mode);
  const transport = possibleTransport(wanted);
  keys.prepare(wishesOver(wishes, transport));
  prepareLine(iceServers, direction, transport);
  load().catch(() => {}); // the tap will ask again, and tell
}

/** Forget what was made ready: it would not be the call that is wanted now. */
export function dropPrepared() {
  keys.drop();
  dropLine();
}
