/** The typed message: sent in every state, with or without a microphone. Each tab keeps what is not sent yet. */

import { follow } from "./stage.js";

/** @param {HTMLElement} element  the form @param {import("./stage.js").Stage} stage */
export function composer(element, stage) {
  const field = element.querySelector("input");
  /** @param {Event} event */
  function onSubmit(event) {
    event.preventDefault();
    const text = field?.value.trim();
    if (!field || !text) return;
    stage.sendText(text);
    field.value = "";
    show();
  }
  const show = () => { element.dataset.filled = String(Boolean(field?.value.trim())); };
  const prepare = () => stage.prepare();
  element.addEventListener("submit", onSubmit);
  field?.addEventListener("input", show);
  field?.addEventListener("input", prepare, { once: true });
  show();
  return follow(stage, {
    front: ({ before }) => {
      if (!field) return;
      before.draft = field.value;
      field.value = stage.tab.draft;
      show();
    },
  });
}
