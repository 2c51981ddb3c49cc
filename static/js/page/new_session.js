/** The form for another session: it opens in a tab of its own, beside those that go on. */

import { freshTab, showTab } from "./front.js";

/** @param {HTMLElement} element  the form @param {import("./stage.js").Stage} stage */
export function newSession(element, stage) {
  const form = /** @type {HTMLFormElement} */ (element);
  /** @param {SubmitEvent} event */
  function onSubmit(event) {
    event.preventDefault();
    const isTyped = event.submitter instanceof HTMLButtonElement && event.submitter.name === "typed";
    const mode = String(new FormData(form).get("mode"));
    const [voice, language, model] = [`voice_${mode}`, "language", "model"].map((name) => chosenIn(form, name));
    showTab(stage, freshTab(stage, { mode, wishes: { voice, language, model } }));
    const dialog = form.closest("dialog");
    // Once it is closed, which it tells later, it gives the focus back to what had opened it.
    if (isTyped) dialog?.addEventListener("close", () => document.getElementById("composer")?.focus(), { once: true });
    dialog?.close();
    if (!isTyped) stage.start();
  }
  form.addEventListener("submit", onSubmit);
  return () => form.removeEventListener("submit", onSubmit);
}

/** What was chosen; what was left as it is in the settings goes on to follow them. @param {HTMLFormElement} form @param {string} name */
function chosenIn(form, name) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLSelectElement) return field.selectedOptions[0]?.defaultSelected ? undefined : field.value;
  return field instanceof HTMLInputElement && field.value !== field.defaultValue ? field.value : undefined;
}
