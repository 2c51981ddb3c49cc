/** The three lights: connection, data channel, sound; each by colour, shape and text. */

import { follow } from "./stage.js";

const WORDS = { off: "off", wait: "connecting", on: "connected", lost: "lost" };

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function lights(element, stage) {
  /** @param {{name: string, light: import("../types.js").Light}} news */
  function show({ name, light }) {
    const row = element.querySelector(`[data-light="${name}"]`);
    if (!(row instanceof HTMLElement)) return;
    row.dataset.status = light;
    const label = row.querySelector(".light-name")?.textContent ?? name;
    row.title = `${label}: ${WORDS[light]}`;
    const text = row.querySelector(".light-text");
    if (text) text.textContent = WORDS[light];
  }
  return follow(stage, { light: show });
}
