/** What connecting waits for: microphone, key, line. */

import { follow } from "./stage.js";

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function steps(element, stage) {
  return follow(stage, {
    step: ({ name }) => {
      element.dataset.at = name;
      const call = element.closest("#call");
      if (call instanceof HTMLElement) call.dataset.step = name;
    },
  });
}
