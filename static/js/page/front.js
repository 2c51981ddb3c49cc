/** Which tab is in front. Only that one's call hears the person: what others hear would be answered as well. */

import { mountWithin, sweep } from "../behaviors.js";
import { wishesIn } from "../call/wishes.js";
import { followCall, tellLevels } from "./beginning.js";
import { enterRoom, leaveRoom, newRoom } from "./room.js";

/** @typedef {import("../call/call.js").Call} Call */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./tab.js").Tab} Tab */

/**
 * @typedef {object} Beginning  of a tab
 * @property {string} mode
 * @property {string|null} [conversationId]
 * @property {import("../types.js").SessionWishes} [wishes]
 */

/**
 * A tab for a session of its own: the one in front if that is unused or shows its conversation without a call, else a new one.
 * @param {Stage} stage
 * @param {Beginning} wanted
 * @returns {Tab}
 */
export function freshTab(stage, { mode, conversationId = null, wishes = {} }) {
  const { tab } = stage;
  const isThere = conversationId !== null && tab.conversationId === conversationId && !tab.isLive && !tab.starting;
  if (!isThere && !isUnused(tab)) return addTab(stage, { mode, conversationId, wishes });
  Object.assign(tab, { nextMode: mode, conversationId, wishes });
  stage.tell("settings", {});
  return tab;
}

/** Behind the others. @param {Stage} stage @param {Beginning} wanted @param {HTMLElement} [list]  of its turns so far @returns {Tab} */
export function addTab(stage, wanted, list) {
  const room = newRoom(stage.tab.room, list);
  const tab = stage.addTab({ ...wanted, room });
  stage.tabs.at(-2)?.room.after(room);
  mountWithin(room);
  stage.tell("tabs", {});
  return tab;
}

/** @param {Stage} stage @param {Tab} [tab]  without it: nothing */
export function showTab(stage, tab) {
  const before = stage.tab;
  if (!tab || tab === before) return;
  before.call?.release(); // whoever holds the talk button lets go
  leaveRoom(before.room);
  stage.tab = tab;
  enterRoom(tab.room);
  for (const each of stage.tabs) if (each !== tab) each.call?.mute(true); // first: browsers write down what one hears only
  tab.call?.mute(stage.isMuted);
  showAddress(tab);
  stage.tell("front", { before });
  stage.tell("settings", {});
  stage.tell("state", {});
  stage.tell("dialogue", {});
  if (tab.isLive) tellLevels(stage);
}

/** End its call and take it away; the last tab stays. @param {Stage} stage @param {Tab} [tab]  without it: nothing */
export function closeTab(stage, tab) {
  const place = tab ? stage.tabs.indexOf(tab) : -1;
  if (!tab || place < 0 || stage.tabs.length < 2) return;
  if (tab === stage.tab) showTab(stage, stage.tabs[place + 1] ?? stage.tabs[place - 1]);
  stage.tabs.splice(place, 1);
  tab.call?.end();
  tab.starting?.then(() => tab.call?.end()); // it was about to begin
  tab.room.remove();
  sweep();
  stage.tell("tabs", {});
}

/**
 * Show a call that a script is about to start.
 * @param {Stage} stage
 * @param {Call} call
 * @param {import("../types.js").CallOptions} options
 */
export function takeCall(stage, call, options) {
  const isBusy = stage.isLive;
  const tab = freshTab(stage, { mode: call.mode, conversationId: call.conversationId, wishes: wishesIn(options) });
  followCall(tab, call);
  // Who only types does not take the word from somebody who talks.
  if (isBusy && options.microphone === false) return call.mute(true);
  showTab(stage, tab);
  stage.mute(options.muted ?? stage.isMuted);
  tellLevels(stage);
}

/** @param {Stage} stage @param {Call} call @returns {Tab|undefined} */
export function tabOf(stage, call) {
  return stage.tabs.find((tab) => tab.call === call);
}

/** Nobody has begun anything in it. @param {Tab} tab */
export function isUnused({ call, starting, conversationId }) {
  return !call && !starting && !conversationId;
}

/** The address is that of the conversation in front, so that a reload keeps it. @param {Tab} tab */
function showAddress({ conversationId }) {
  const path = conversationId ? `/conversations/${conversationId}` : "/";
  history.replaceState(history.state, "", path);
  for (const link of document.querySelectorAll("#conversations a.conversation-link")) {
    if (link.getAttribute("href") === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
