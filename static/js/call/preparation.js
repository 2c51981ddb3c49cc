/** All that a call needs, ready before the tap. It comes with page/during_call.js. */

import { Call } from "./call.js";
import { KeyRing } from "./key_ring.js";
import { dropLine, possibleTransport, prepareLine, wishesOver } from "./lines.js";
import { modeNamed } from "./modes.js";
import { wishesFor } from "./wishes.js";

export { Call };

/** The key that the next call of the page takes. */
export const keys = new KeyRing();

/**
 * Fetch the key and what the mode needs, and build the line.
 * @param {Parameters<typeof wishesFor>[0]} wanted
 * @param {RTCIceServer[]} iceServers
 * @param {import("./lines.js").Transport} [over]
 */
export function prepareCall(wanted, iceServers, over) {
  const { direction, load } = modeNamed(wanted.mode);
  const transport = possibleTransport(over);
  keys.prepare(wishesOver(wishesFor(wanted), transport));
  prepareLine(iceServers, direction, transport);
  load().catch(() => {}); // the tap will ask again, and tell
}

/** Forget what was made ready: it would not be the call that is wanted now. */
export function dropPrepared() {
  keys.drop();
  dropLine();
}
