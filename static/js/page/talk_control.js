/** Hold to talk, tap to talk: a button, and a key that works all over the page. */

import { follow } from "./stage.js";
import { isTakenBy } from "./talk_key.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** What holds the talk open besides fingers, which go by their pointer's id. */
const KEY = "key";

/** @param {HTMLElement} element  the button @param {Stage} stage */
export function talkButton(element, stage) {
  const label = /** @type {HTMLElement} */ (element.querySelector(".talk-label"));
  const keyName = /** @type {HTMLElement} */ (element.querySelector(".talk-key"));
  /** What holds the button now. @type {Set<string|number>} */
  const holds = new Set();
  /** The code of the key that is down. */
  let keyDown = "";
  const isHold = () => stage.talk === "hold";

  /** @param {string|number} by */
  function hold(by) {
    if (!canTalk(stage)) return;
    holds.add(by);
    stage.press();
  }

  /** @param {string|number} by */
  function letGo(by) {
    if (holds.delete(by) && holds.size === 0) stage.release();
  }

  function letAllGo() {
    for (const by of [...holds]) letGo(by);
  }

  function toggle() {
    if (stage.call?.isTalking) stage.release();
    else if (canTalk(stage)) stage.press();
  }

  /** @param {PointerEvent} event */
  function onPointerDown(event) {
    if (!isHold() || event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    hold(event.pointerId);
  }
  /** @param {PointerEvent} event */
  const onPointerEnd = ({ pointerId }) => letGo(pointerId);
  /** A click without a pointer is a screen reader's or a switch's: those cannot hold. @param {MouseEvent} event */
  const onClick = ({ detail }) => { if (!isHold() || detail === 0) toggle(); };

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    const isOnButton = event.target === element && isHold() && (event.code === "Space" || event.code === "Enter");
    const isTalkKey = event.code === stage.settings.talk_key && !isTakenBy(event);
    if (element.hidden || !(isTalkKey || isOnButton) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault(); // no scrolling, no click of what has the focus
    if (event.repeat) return;
    keyDown = event.code;
    if (isHold()) hold(KEY);
    else toggle();
  }

  /** @param {KeyboardEvent} event */
  function onKeyUp(event) {
    if (event.code !== keyDown) return;
    event.preventDefault(); // some browsers click at the end of the key
    keyDown = "";
    letGo(KEY);
  }

  function show() {
    const isTalking = stage.call?.isTalking ?? false;
    element.hidden = stage.talk === "open" || !stage.isLive || !stage.call?.hasMicrophone;
    if (element.hidden) return letAllGo();
    element.setAttribute("aria-pressed", String(isTalking));
    element.setAttribute("aria-disabled", String(!canTalk(stage)));
    element.setAttribute("aria-keyshortcuts", nameOf(stage.settings.talk_key ?? ""));
    setText(label, isTalking ? "Talking" : isHold() ? "Hold to talk" : "Tap to talk");
    setText(keyName, nameOf(stage.settings.talk_key ?? ""));
  }

  const onHide = () => { if (document.hidden) letAllGo(); };
  const leave = new AbortController();
  const { signal } = leave;
  element.addEventListener("pointerdown", onPointerDown, { signal });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) element.addEventListener(name, onPointerEnd, { signal });
  element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  element.addEventListener("click", onClick, { signal });
  document.addEventListener("keydown", onKeyDown, { signal });
  document.addEventListener("keyup", onKeyUp, { signal });
  document.addEventListener("visibilitychange", onHide, { signal });
  window.addEventListener("blur", letAllGo, { signal });
  show();
  const unfollow = follow(stage, { state: show, settings: () => { letAllGo(); show(); } }); // also when another tab comes to the front
  return () => { letAllGo(); unfollow(); leave.abort(); };
}

/** @param {Stage} stage */
function canTalk({ state, isMuted }) {
  return !isMuted && ["listening", "user-speaking", "thinking", "speaking"].includes(state);
}

/** @param {string} code  KeyboardEvent.code @returns {string} as it stands on the key */
function nameOf(code) {
  return code.replace(/^(Key|Digit)/, "");
}

/** @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
