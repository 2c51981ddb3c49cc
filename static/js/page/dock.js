/** The buttons of the dock: mute, and start or end. */

import { follow, prepareOn } from "./stage.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** @param {HTMLElement} element @param {Stage} stage */
export function muteButton(element, stage) {
  element.addEventListener("click", () => stage.mute(!stage.isMuted));
  return follow(stage, {
    state: () => {
      const label = stage.isMuted ? "Unmute the microphone" : "Mute the microphone";
      element.setAttribute("aria-pressed", String(stage.isMuted));
      element.setAttribute("aria-label", label);
      element.title = label;
    },
  });
}

/** @param {HTMLElement} element @param {Stage} stage */
export function startButton(element, stage) {
  prepareOn(element, stage);
  element.addEventListener("click", () => stage.start());
  return follow(stage, { state: () => exchange(element, stage.isLive) });
}

/** @param {HTMLElement} element @param {Stage} stage */
export function endButton(element, stage) {
  element.addEventListener("click", () => stage.end());
  return follow(stage, { state: () => exchange(element, !stage.isLive) });
}

/** Start and end stand in one place; when one hides, the focus goes to the other. @param {HTMLElement} element @param {boolean} isHidden */
function exchange(element, isHidden) {
  const hadFocus = isHidden && element === document.activeElement;
  element.hidden = isHidden;
  if (!hadFocus) return;
  queueMicrotask(() => {
    const other = element.parentElement?.querySelector("[data-exchange]:not([hidden])");
    if (other instanceof HTMLElement) other.focus();
  });
}
