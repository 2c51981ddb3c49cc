/** The event log of the tab in front, in its drawer: filter, search, pause, copy. The newest 500 events are kept. */

import { lineOf, redacted, rowOf } from "./event_rows.js";
import { follow } from "./stage.js";

/** @typedef {import("../types.js").LogEntry} LogEntry */

const MOST = 500;

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function eventLog(element, stage) {
  const list = /** @type {HTMLElement} */ (element.querySelector(".log-list"));
  const template = /** @type {HTMLTemplateElement} */ (element.querySelector("template"));
  const search = /** @type {HTMLInputElement} */ (element.querySelector("[name=search]"));
  const direction = /** @type {HTMLSelectElement} */ (element.querySelector("[name=direction]"));
  const pause = /** @type {HTMLButtonElement} */ (element.querySelector("[name=pause]"));
  /** @type {{entry: LogEntry, row: HTMLElement}[]} */
  const shown = [];
  /** @type {LogEntry[]} */
  const waiting = [];
  let isPaused = false;

  /** @param {LogEntry} entry */
  function add(entry) {
    waiting.push(entry);
    if (waiting.length > MOST) waiting.shift();
    if (!isPaused && waiting.length === 1) requestAnimationFrame(render);
  }

  function render() {
    if (isPaused) return;
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    for (const entry of waiting.splice(0)) {
      const row = rowOf(entry, template);
      row.hidden = !matches(entry);
      shown.push({ entry, row });
      list.append(row);
    }
    for (const { row } of shown.splice(0, Math.max(0, shown.length - MOST))) row.remove();
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }

  /** @param {LogEntry} entry */
  function matches(entry) {
    if (direction.value && entry.direction !== direction.value) return false;
    const words = search.value.trim().toLowerCase();
    return !words || `${entry.type} ${redacted(entry.detail)}`.toLowerCase().includes(words);
  }

  const filter = () => { for (const { entry, row } of shown) row.hidden = !matches(entry); };
  search.addEventListener("input", filter);
  direction.addEventListener("change", filter);
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    render();
  });
  element.querySelector("[name=copy]")?.addEventListener("click", () => {
    const text = shown.filter(({ entry }) => matches(entry)).map(({ entry }) => `${lineOf(entry)}\n${redacted(entry.detail)}`);
    navigator.clipboard?.writeText(text.join("\n\n"));
  });

  function showAll() {
    for (const { row } of shown.splice(0)) row.remove();
    waiting.length = 0;
    for (const entry of stage.tab.log) add(entry);
  }

  showAll();
  return follow(stage, { log: add, front: showAll });
}
