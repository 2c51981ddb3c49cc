/** The page's call from its first moment on: made, followed, its levels looked at. */

import { keys } from "../call/preparation.js";
import { turnsInPage } from "./transcript.js";

/** @typedef {import("./stage.js").Stage} Stage */

const PASSED_ON = ["state", "dialogue", "light", "step", "log", "notice", "settled", "stored", "tool"];

/** Between two looks at the levels, milliseconds: smooth to the eye, and half the drawing of every frame. */
const LEVEL_PERIOD = 30;

/**
 * @param {Stage} stage
 * @param {import("../call/registry.js").Registry} registry
 * @param {{mode: string, microphone: boolean, clickedAt: number}} how  clickedAt: performance.now()
 */
export async function beginCall(stage, registry, { mode, microphone, clickedAt }) {
  const call = await registry.createCall({
    conversationId: stage.conversationId, history: stage.call?.dialogue.turns ?? turnsInPage(), mode,
    settings: stage.settings, microphone, muted: stage.isMuted, keys, clickedAt,
  });
  stage.call = call;
  for (const name of PASSED_ON) {
    call.addEventListener(name, (event) => { if (call === stage.call) stage.tell(name, /** @type {CustomEvent} */ (event).detail); });
  }
  call.addEventListener("stored", () => { stage.conversationId = call.conversationId; });
  call.start();
  tellLevels(stage);
}

/** While the call lives. @param {Stage} stage */
function tellLevels(stage) {
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
