/** Words that an earlier page could not hand over: they stand among the turns at once, and go to the server now. */

import { beginConversation } from "../api.js";
import { newTurn } from "../call/turn_list.js";
import { outbox } from "../call/unsent.js";
import { problem } from "../errors.js";
import { fillRow, newRow } from "./transcript.js";

/** @typedef {import("../call/shelf.js").Words} Words */
/** @typedef {import("./tab.js").Tab} Tab */

/** A browser that takes longer to find them does not keep the person waiting, milliseconds. */
const PATIENCE = 500;

/**
 * @param {Tab} tab  the one that the server has filled
 * @returns {Promise<void>} when a call may begin: what was said before stands there
 */
export async function showUnsent(tab) {
  window.addEventListener("beforeunload", flush);
  window.addEventListener("pagehide", flush);
  window.addEventListener("online", () => outbox.hurry());
  const { conversationId } = tab;
  const found = outbox.inherit({
    stored: (words, html, id) => {
      if (id === conversationId) replace(tab.room, words, html);
      document.body.dispatchEvent(new CustomEvent("conversation:stored"));
    },
    refused: () => tab.tell("notice", problem("turns-refused")),
    late: () => tab.tell("notice", problem("turns-waiting")),
    caughtUp: () => tab.tell("settled", { code: "turns-waiting" }),
  }, beginConversation);
  if (!conversationId) return;
  const shown = found.then((left) => {
    for (const { turn, isWithdrawn } of left.filter((kept) => kept.conversationId === conversationId)) {
      if (isWithdrawn) rowOf(tab.room, turn)?.remove();
      else show(tab.room, turn);
    }
    if (!location.hash) tab.room.scrollTop = tab.room.scrollHeight; // else a search has led here
  });
  await Promise.race([shown, new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
}

/** What a call says while it ends is in the outbox by then: the page ends its calls first. */
function flush() {
  outbox.flush();
}

/** @param {HTMLElement} room @param {Words} words  as they are known best */
function show(room, words) {
  const turn = newTurn({ ...words, final: true });
  const row = rowOf(room, words) ?? newRow(turn);
  fillRow(row, turn);
  if (!row.isConnected) place(room, row, words);
}

/** Unless they were corrected or taken back meanwhile. @param {HTMLElement} room @param {Words} words @param {string} html  as the server renders them */
function replace(room, words, html) {
  const row = rowOf(room, words);
  if (row?.querySelector(".turn-text")?.textContent?.trim() !== words.text.trim()) return;
  if (row && !row.querySelector(".turn-form")) window.htmx.swap({ text: html, target: row, swap: "outerHTML" }); // else somebody corrects it
}

/** In the order in which turns began. @param {HTMLElement} room @param {HTMLElement} row @param {Words} words */
function place(room, row, { startedAt }) {
  const list = room.querySelector(".turns");
  const later = [...(list?.querySelectorAll(":scope > .turn") ?? [])].find((each) => Date.parse(each.querySelector("time")?.dateTime ?? "") > startedAt);
  list?.insertBefore(row, later ?? null);
}

/** @param {HTMLElement} room @param {Words} words @returns {HTMLElement|null} */
function rowOf(room, { itemId }) {
  return room.querySelector(`.turn[data-item-id="${CSS.escape(itemId)}"]`);
}
