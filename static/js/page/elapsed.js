/** How long this call has lasted. */

import { follow } from "./stage.js";

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function elapsed(element, stage) {
  let timer = 0;
  function show() {
    const text = stage.call ? textOf(stage.call) : "";
    if (element.textContent !== text) element.textContent = text;
  }
  function onState() {
    if (stage.isLive && !timer) timer = window.setInterval(show, 500);
    if (stage.isLive || !timer) return;
    clearInterval(timer);
    timer = 0;
    show();
  }
  const unfollow = follow(stage, { state: onState, front: show });
  return () => { unfollow(); clearInterval(timer); };
}

/** @param {import("../call/call.js").Call} call @returns {string} minutes and seconds */
function textOf({ startedAt, endedAt }) {
  const seconds = Math.floor(((endedAt || Date.now()) - startedAt) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
