/** The modes by name. Each comes when a call needs it. */

import { problem } from "../errors.js";

/** @typedef {import("../types.js").Mode} Mode */
/** @typedef {import("../types.js").ModeHost} ModeHost */

/**
 * @typedef {object} ModeKind
 * @property {import("./webrtc.js").Direction} direction  of the line's sound
 * @property {() => Promise<new (host: ModeHost) => Mode>} load
 */

/** @type {Record<string, ModeKind>} */
const MODES = {
  native: { direction: "sendrecv", load: async () => (await import("../modes/native.js")).NativeMode },
  // No microphone leaves the browser; some sound in the offer keeps it valid everywhere.
  text: { direction: "recvonly", load: async () => (await import("../modes/text.js")).TextMode },
};

/** @param {string} [name] @returns {ModeKind} @throws {import("../errors.js").Problem} */
export function modeNamed(name = "native") {
  const kind = MODES[name];
  if (!kind) throw problem("mode-unavailable");
  return kind;
}
