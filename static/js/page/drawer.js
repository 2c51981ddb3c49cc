/** The drawer with the event log: opened by its button, closed by its cross or Escape. Its content is loaded when it has some. */

import { follow } from "./stage.js";

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function drawer(element, stage) {
  /** @type {(() => void)|null} */
  let stop = null;
  let isLoading = false;

  async function load() {
    if (isLoading) return;
    isLoading = true;
    const { eventLog } = await import("./event_log.js");
    stopWaiting();
    stop = eventLog(element, stage);
  }

  const stopWaiting = follow(stage, {
    log: () => { if (stage.state !== "connecting") load(); }, // not while the call is being connected
  });
  element.querySelector("[name=close]")?.addEventListener("click", () => toggleDrawer(false));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    toggleDrawer(false);
  });
  return () => { stopWaiting(); stop?.(); };
}

/** @param {HTMLElement} button */
export function drawerToggle(button) {
  button.addEventListener("click", () => toggleDrawer());
}

/** @param {boolean} [isOpen]  without it: the other way round */
function toggleDrawer(isOpen) {
  const element = document.getElementById("log");
  const button = document.querySelector('[aria-controls="log"]');
  if (!element || !(button instanceof HTMLElement)) return;
  element.hidden = !(isOpen ?? element.hidden);
  button.setAttribute("aria-expanded", String(!element.hidden));
  if (element.hidden) button.focus();
  else element.querySelector("input")?.focus({ preventScroll: true });
}
