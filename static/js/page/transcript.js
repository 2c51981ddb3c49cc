/** The rows of the conversation: in order, live while spoken, the server's own rendering once they are stored. */

import { splitAtHeard } from "../call/heard.js";
import { heardMs, newTurn } from "../call/turn_list.js";
import { showLocalTime } from "./local_time.js";
import { follow } from "./stage.js";

/** @typedef {import("../types.js").Turn} Turn */

/** Closer to the end than this, the view follows new rows, pixels. */
const NEAR = 80;

/** How often the heard words of a playing reply are counted, milliseconds. */
const PERIOD = 250;

/** The turns that the server put into the page. @param {HTMLElement} room @returns {Turn[]} */
export function turnsIn(room) {
  return [...room.querySelectorAll(".turns > .turn")].map((row) => {
    const { itemId = "", role, interrupted } = /** @type {HTMLElement} */ (row).dataset;
    return newTurn({
      itemId, role: role === "user" ? "user" : "assistant", interrupted: interrupted === "true", final: true, stored: true,
      text: row.querySelector(".turn-text")?.textContent ?? "",
      startedAt: Date.parse(row.querySelector("time")?.dateTime ?? "") || 0,
    });
  });
}

/** @param {HTMLElement} element  the room that scrolls @param {import("./tab.js").Tab} tab */
export function transcript(element, tab) {
  const list = /** @type {HTMLElement} */ (element.querySelector(".turns"));
  /** @type {Map<string, {row: HTMLElement, shown: Turn|null}>} */
  const rows = new Map();
  let timer = 0;
  const places = list.getElementsByClassName("turn"); // between them lie rows of tools
  for (const row of places) {
    if (row instanceof HTMLElement) rows.set(row.dataset.itemId ?? "", { row, shown: null });
  }
  const sought = document.getElementById(location.hash.slice(1)); // where a search found words
  if (sought && list.contains(sought)) sought.scrollIntoView({ block: "center" });
  else element.scrollTop = element.scrollHeight;

  function show() {
    if (!tab.call) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    const { turns } = tab.call.dialogue;
    const kept = new Set(turns.map((turn) => turn.itemId));
    for (const [itemId, { row }] of rows) {
      if (kept.has(itemId)) continue;
      row.remove();
      rows.delete(itemId);
    }
    turns.forEach((turn, index) => showTurn(turn, index));
    if (isAtEnd && !list.querySelector(".turn-form")) element.scrollTop = element.scrollHeight;
  }

  /** @param {Turn} turn @param {number} index */
  function showTurn(turn, index) {
    const known = rows.get(turn.itemId);
    const there = known?.row.isConnected ? known.row : rowOf(turn);
    const row = there ?? newRow(turn);
    if (places[index] !== row) list.insertBefore(row, places[index] ?? null);
    const isChanging = turn.playingSince !== null;
    if (known?.shown === turn && !isChanging) return;
    if (!turn.stored || !there) fillRow(row, turn);
    rows.set(turn.itemId, { row, shown: turn });
  }

  /** In this room: another one may show the same conversation. @param {Turn} turn @returns {HTMLElement|null} */
  function rowOf({ itemId }) {
    return list.querySelector(`#${CSS.escape(`turn-${itemId}`)}`);
  }

  /** @param {{turn: Turn, html: string}} stored */
  async function swap({ turn, html }) {
    const known = rows.get(turn.itemId);
    if (!known || known.shown !== turn) return; // it changed meanwhile and will be stored again
    if (known.row.querySelector(".turn-form")) return; // somebody corrects it; it says the same
    const hadFocus = known.row.contains(document.activeElement);
    await window.htmx.swap({ text: html, target: known.row, swap: "outerHTML" });
    const row = rowOf(turn);
    if (row) rows.set(turn.itemId, { row, shown: turn });
    const button = row?.querySelector(".turn-edit");
    if (hadFocus && button instanceof HTMLElement) button.focus();
    document.body.dispatchEvent(new CustomEvent("conversation:stored"));
  }

  function onState() {
    clearInterval(timer);
    if (tab.state === "speaking") timer = window.setInterval(show, PERIOD);
    show();
  }

  const unfollow = follow(tab, { dialogue: show, state: onState, stored: swap });
  return () => { unfollow(); clearInterval(timer); };
}

/** @param {Turn} turn @returns {HTMLElement} */
export function newRow({ role, itemId, startedAt }) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("turn-template"));
  const row = template.content.querySelector(`[data-role="${role}"]`)?.cloneNode(true);
  if (!(row instanceof HTMLElement)) throw new Error("the page has no template for turns");
  row.id = `turn-${itemId}`;
  row.dataset.itemId = itemId;
  const time = row.querySelector("time");
  if (time) {
    time.dateTime = new Date(startedAt).toISOString();
    showLocalTime(time);
  }
  return row;
}

/** @param {HTMLElement} row @param {Turn} turn */
export function fillRow(row, turn) {
  row.dataset.final = String(turn.final);
  row.dataset.interrupted = String(turn.interrupted);
  const text = row.querySelector(".turn-text");
  const words = wordsOf(turn);
  if (text && text.textContent !== words) text.textContent = words;
}

/** @param {Turn} turn @returns {string} */
function wordsOf(turn) {
  if (turn.playingSince !== null) return `${splitAtHeard(turn.clauses, heardMs(turn, Date.now()))[0].trimEnd()} …`.trimStart();
  if (turn.text) return turn.text;
  return turn.final ? "Not understood" : "…";
}
