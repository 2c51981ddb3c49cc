/** A tab's call from its first moment on: made, followed, its levels looked at. */

import { keys } from "../call/preparation.js";
import { turnsIn } from "./transcript.js";

/** @typedef {import("../call/call.js").Call} Call */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./tab.js").Tab} Tab */

const PASSED_ON = ["state", "dialogue", "light", "step", "log", "notice", "settled", "stored", "tool", "cost"];

/** Between two looks at the levels, milliseconds: smooth to the eye, and half the drawing of every frame. */
const LEVEL_PERIOD = 30;

/**
 * @param {Stage} stage
 * @param {import("../call/registry.js").Registry} registry
 * @param {Tab} tab
 * @param {{microphone: boolean, clickedAt: number}} how  clickedAt: performance.now()
 */
export async function beginCall(stage, registry, tab, { microphone, clickedAt }) {
  const call = await registry.createCall({
    conversationId: tab.conversationId, history: tab.call?.dialogue.turns ?? turnsIn(tab.room), mode: tab.nextMode, ...tab.wishes,
    microphone, muted: stage.isMuted || tab !== stage.tab, keys, clickedAt,
  });
  followCall(tab, call);
  call.start();
  if (tab === stage.tab) tellLevels(stage);
}

/** From now on this is the tab's call. @param {Tab} tab @param {Call} call */
export function followCall(tab, call) {
  tab.call = call;
  tab.notices.clear();
  call.addEventListener("stored", () => { tab.conversationId = call.conversationId; }); // first: the news is about it
  for (const name of PASSED_ON) {
    call.addEventListener(name, (event) => { if (call === tab.call) tab.tell(name, /** @type {CustomEvent} */ (event).detail); });
  }
}

/** While the call in front lives. @param {Stage} stage */
export function tellLevels(stage) {
  const { call } = stage;
  let lookedAt = 0;
  /** @param {number} now */
  const look = (now) => {
    if (call !== stage.call) return;
    const isOver = !call?.isLive;
    if (isOver || now - lookedAt >= LEVEL_PERIOD) {
      lookedAt = now;
      stage.tell("levels", isOver || stage.state === "connecting" ? { input: null, output: null } : call.levels);
    }
    if (!isOver) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
