/** Whether a key that means "talk" means something else where the focus is. */

/** Here one types or chooses, or something lies over the page. */
const OWN = "input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]:not([contenteditable=false]), dialog, [role=dialog], [popover]:popover-open";

/** These answer to keys of their own. */
const CONTROL = "button, a[href], summary, input, [tabindex]:not([tabindex='-1'])";

/** The talk itself, where Space would only silence the reply, which talking does as well. */
const TALK = '[data-testid="talk"], [data-testid="interrupt"]';

/** Browsers take any key for a sign that the focus should be seen, so `:focus-visible` does not tell who moves by keyboard. */
let isMovedByKeys = false;
document.addEventListener("pointerdown", () => { isMovedByKeys = false; }, true);
document.addEventListener("keydown", ({ key }) => { if (key === "Tab") isMovedByKeys = true; }, true);

/** @param {KeyboardEvent} event @returns {boolean} */
export function isTakenBy({ target, code, isComposing, defaultPrevented }) {
  if (isComposing || defaultPrevented) return true;
  if (!(target instanceof Element) || target.matches(TALK)) return false;
  if (target.closest(OWN)) return true;
  // Somebody who moves by keyboard presses what has the focus; after a click with the mouse nobody thinks of the focus.
  return isMovedByKeys && target.matches(CONTROL) && /^(Space|Arrow|Home|End|Page)/.test(code);
}
