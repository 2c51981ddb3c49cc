/** A field that takes the name of the next key which is pressed. */

/** These move about in the page: they end the waiting without being taken. */
const LEAVING = ["Escape", "Tab", "Enter", "NumpadEnter"];

/** Held with other keys; alone they belong to the browser and the system. */
const MODIFIER = /^(Shift|Control|Alt|Meta|OS|CapsLock|NumLock|Fn)/;

/**
 * Wait for a key and write its name into the field beside the button; a click elsewhere or Escape ends the waiting.
 * @param {HTMLButtonElement} button
 */
export function captureKey(button) {
  const field = button.parentElement?.querySelector("input");
  if (!field || button.getAttribute("aria-pressed") === "true") return;
  const label = button.textContent;
  const waiting = new AbortController();

  function end() {
    waiting.abort();
    button.textContent = label;
    button.setAttribute("aria-pressed", "false");
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (MODIFIER.test(event.code)) return;
    event.stopImmediatePropagation();
    if (event.code !== "Tab") event.preventDefault();
    end();
    if (LEAVING.includes(event.code) || !event.code || !field) return;
    field.value = event.code;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  button.textContent = "Press it now …";
  button.setAttribute("aria-pressed", "true");
  button.focus();
  window.addEventListener("keydown", onKey, { capture: true, signal: waiting.signal });
  button.addEventListener("blur", end, { signal: waiting.signal });
  // The same key would press the button again when it comes up.
  window.addEventListener("keyup", (event) => event.preventDefault(), { capture: true, once: true });
}
