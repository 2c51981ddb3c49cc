/** Links beside calls that go on, which another page would end: a conversation opens in a tab then, any other page in a window. */

import { fetchConversation } from "../api.js";
import { toProblem } from "../errors.js";
import { addTab, closeTab, freshTab, isUnused, showTab } from "./front.js";
import { turnsIn } from "./transcript.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** Conversations that are being fetched. @type {Set<string>} */
const fetched = new Set();

/** @param {Stage} stage */
export function resumeInTabs(stage) {
  /** @param {MouseEvent} event */
  function onClick(event) {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!(link instanceof HTMLAnchorElement) || !leavesPage(link, event) || !stage.tabs.some(({ isLive }) => isLive)) return;
    event.preventDefault();
    if (link.matches(".conversation-link")) resume(stage, link.pathname.split("/").at(-1) ?? "");
    else if (link.pathname === "/") showTab(stage, freshTab(stage, { mode: stage.mode }));
    else window.open(link.href, "_blank", "noopener");
    const sheet = link.closest(":popover-open");
    if (sheet instanceof HTMLElement) sheet.hidePopover();
  }
  document.addEventListener("click", onClick);
}

/** Whether another page would take the place of this one. @param {HTMLAnchorElement} link @param {MouseEvent} event */
function leavesPage(link, { button, ctrlKey, metaKey, shiftKey, defaultPrevented }) {
  const isPlain = button === 0 && !(ctrlKey || metaKey || shiftKey || defaultPrevented);
  const isWithin = link.hash !== "" && link.pathname === location.pathname && link.search === location.search;
  return isPlain && link.origin === location.origin && !link.target && !link.hasAttribute("download") && !isWithin;
}

/** @param {Stage} stage @param {string} conversationId */
async function resume(stage, conversationId) {
  const there = stage.tabs.find((tab) => tab.conversationId === conversationId);
  if (there) return showTab(stage, there);
  if (fetched.has(conversationId)) return; // a double click
  fetched.add(conversationId);
  try {
    const list = await turnsOf(conversationId);
    const { tab: before } = stage;
    showTab(stage, addTab(stage, { mode: stage.mode, conversationId }, list));
    if (isUnused(before)) closeTab(stage, before);
  } catch (error) {
    stage.tell("notice", toProblem(error));
  } finally {
    fetched.delete(conversationId);
  }
}

/** The turns of a conversation. @param {string} conversationId */
export async function recall(conversationId) {
  const room = document.createElement("section");
  room.append(await turnsOf(conversationId));
  return turnsIn(room);
}

/** As its own page shows them. @param {string} conversationId @returns {Promise<HTMLElement>} */
async function turnsOf(conversationId) {
  const page = new DOMParser().parseFromString(await fetchConversation(conversationId), "text/html");
  const list = page.getElementById("turns");
  if (!list) throw new Error("the page of a conversation has no turns");
  return document.adoptNode(list);
}
