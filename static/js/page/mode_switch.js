/** The mode switch: both modes, one chosen; a mode that is not on offer says why and stays unchosen. */

import { follow } from "./stage.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** @param {HTMLElement} element @param {Stage} stage */
export function modeSwitch(element, stage) {
  const inputs = [...element.querySelectorAll("input")];

  function show() {
    for (const input of inputs) input.checked = input.value === stage.mode;
  }

  /** @param {HTMLInputElement} input */
  async function choose(input) {
    if (isAvailable(input)) await stage.switchMode(input.value);
    show(); // as it was, if it did not come about
  }

  for (const input of inputs) {
    input.addEventListener("click", (event) => {
      if (isAvailable(input)) return;
      event.preventDefault();
      input.focus(); // a tap alone does not focus it everywhere, and the focus shows why
    });
    input.addEventListener("change", () => choose(input));
  }
  const chosen = inputs.find((input) => input.checked);
  if (chosen) choose(chosen); // perhaps before this was loaded
  return follow(stage, { state: show, settings: show });
}

/** @param {HTMLInputElement} input */
function isAvailable(input) {
  return input.getAttribute("aria-disabled") !== "true";
}
