/** The settings, or the form for another session, over the page: htmx fills it, the call goes on behind it. */

import { sweep } from "../behaviors.js";

/** @param {HTMLElement} element */
export function settingsDialog(element) {
  const dialog = /** @type {HTMLDialogElement} */ (element);
  /** What had the focus before. @type {Element|null} */
  let opener = null;

  function show() {
    if (dialog.open || !dialog.childElementCount) return;
    opener = document.activeElement;
    dialog.setAttribute("aria-label", dialog.querySelector("h2")?.textContent ?? "");
    dialog.show(); // not as a modal one: one may go on talking
  }
  function onClose() {
    dialog.replaceChildren(); // the next time they may be others
    sweep();
    const back = opener?.checkVisibility() ? opener : document.querySelector(".bar-menu"); // what opened them may be in the menu
    if (back instanceof HTMLElement) back.focus();
  }
  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    dialog.close();
  }

  document.addEventListener("htmx:after:swap", show);
  dialog.addEventListener("close", onClose);
  dialog.addEventListener("keydown", onKey);
  show();
  return () => document.removeEventListener("htmx:after:swap", show);
}
