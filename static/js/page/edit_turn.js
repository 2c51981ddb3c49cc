/** "That is not what I said": one's own last turn is corrected in its row, and answered anew. */

/** @typedef {import("./stage.js").Stage} Stage */

/** @param {HTMLElement} list  the rows @param {Stage} stage */
export function editTurn(list, stage) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("edit-template"));

  /** @param {HTMLElement} row */
  function open(row) {
    const form = /** @type {HTMLFormElement} */ (template.content.firstElementChild?.cloneNode(true));
    const field = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    const { itemId = "" } = row.dataset;
    const said = stage.call?.dialogue.turns.find((turn) => turn.itemId === itemId)?.text ?? row.querySelector(".turn-text")?.textContent ?? "";

    const close = () => {
      form.remove();
      const button = row.querySelector(".turn-edit");
      if (button instanceof HTMLElement) button.focus();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text) return field.focus();
      close();
      if (text === said) return;
      const shown = row.querySelector(".turn-text");
      if (shown) shown.textContent = text; // a new call takes a moment
      stage.revise(itemId, text);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.querySelector("[name=cancel]")?.addEventListener("click", close);
    field.value = said;
    row.querySelector(".turn-body")?.prepend(form);
    field.focus();
    field.setSelectionRange(said.length, said.length);
    form.scrollIntoView({ block: "nearest" });
    stage.prepare();
  }

  /** @param {Event} event */
  function onClick({ target }) {
    const row = target instanceof Element && target.closest(".turn-edit") ? target.closest(".turn") : null;
    if (row instanceof HTMLElement) open(row);
  }
  list.addEventListener("click", onClick);
  return () => list.removeEventListener("click", onClick);
}
