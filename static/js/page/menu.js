/** The menu of a narrow page: closed by choosing from it. */

/** @param {HTMLElement} element */
export function menu(element) {
  element.addEventListener("click", () => { if (element.matches(":popover-open")) element.hidePopover(); });
}
