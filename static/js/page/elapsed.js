/** How long this call has lasted. */

import { follow } from "./stage.js";

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function elapsed(element, stage) {
  let timer = 0;
  function show() {
    const seconds = Math.floor((Date.now() - (stage.call?.startedAt ?? Date.now())) / 1000);
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (element.textContent !== text) element.textContent = text;
  }
  function onState() {
    if (stage.isLive && !timer) timer = window.setInterval(show, 500);
    if (stage.isLive || !timer) return;
    clearInterval(timer);
    timer = 0;
  }
  const unfollow = follow(stage, { state: onState });
  return () => { unfollow(); clearInterval(timer); };
}
