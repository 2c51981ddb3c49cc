/** The three lights: connection, data channel, sound; each by colour, shape and text. */

import { follow } from "./stage.js";

const NAMES = ["webrtc", "datachannel", "audio"];

/** What the first light stands for. */
const LINES = { webrtc: "WebRTC", websocket: "Relay" };
const WORDS = { off: "off", wait: "connecting", on: "connected", lost: "lost" };

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function lights(element, stage) {
  /** @param {{name: string, light: import("../types.js").Light}} news */
  function show({ name, light }) {
    const row = element.querySelector(`[data-light="${name}"]`);
    if (!(row instanceof HTMLElement)) return;
    row.dataset.status = light;
    const text = row.querySelector(".light-text");
    if (text) text.textContent = WORDS[light];
    row.title = `${row.querySelector(".light-name")?.textContent ?? name}: ${WORDS[light]}`;
  }

  /** A call may go on over another kind of line. */
  function nameLine() {
    const row = element.querySelector('[data-light="webrtc"]');
    const label = row?.querySelector(".light-name");
    if (!stage.call || !(row instanceof HTMLElement) || !label || label.textContent === LINES[stage.call.transport]) return;
    label.textContent = LINES[stage.call.transport];
    show({ name: "webrtc", light: /** @type {import("../types.js").Light} */ (row.dataset.status) });
  }

  const showAll = () => {
    for (const name of NAMES) show({ name, light: stage.tab.lights[name] ?? "off" });
  };
  return follow(stage, { light: show, state: nameLine, front: showAll });
}
