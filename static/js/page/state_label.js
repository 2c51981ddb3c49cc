/** The state of the call in words, and as attributes of `#call` for the style sheets. */

import { follow } from "./stage.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** @type {Record<import("../types.js").CallState, string>} */
const LABELS = {
  "idle": "Tap to talk", "connecting": "Connecting …", "listening": "Listening", "user-speaking": "Listening",
  "thinking": "Thinking", "speaking": "Speaking · tap to interrupt", "reconnecting": "Connection lost. Reconnecting",
  "ended": "Ended", "error": "That did not work",
};

/** Where one is heard only on demand. */
const ON_DEMAND = { hold: "Hold the button to talk", tap: "Tap the button to talk" };

/** Connecting longer than this is explained, milliseconds. */
const LONG = 2_500;

/** @param {HTMLElement} element @param {Stage} stage */
export function stateLabel(element, stage) {
  let timer = 0;
  const show = () => {
    const label = labelOf(stage);
    if (element.textContent !== label) element.textContent = label;
  };
  const onState = () => {
    clearTimeout(timer);
    show();
    if (stage.state === "connecting") timer = window.setTimeout(() => { element.textContent = "Connecting … this takes longer than usual"; }, LONG);
  };
  const unfollow = follow(stage, { state: onState, settings: onState });
  return () => { unfollow(); clearTimeout(timer); };
}

/** What is about to change, beside the state. @param {HTMLElement} element @param {Stage} stage */
export function stateNote(element, stage) {
  const show = () => {
    const isAnswering = stage.state === "thinking" || stage.state === "speaking";
    const note = !stage.switchingTo || !stage.isLive ? "" : isAnswering ? "Switching after this answer" : "Switching …";
    if (element.textContent !== note) element.textContent = note;
  };
  return follow(stage, { state: show });
}

/** @param {HTMLElement} element  `#call` @param {Stage} stage */
export function callAttributes(element, stage) {
  return follow(stage, {
    settings: () => {
      element.dataset.captions = stage.settings.captions ?? "normal";
      if (stage.isLive) return;
      element.dataset.mode = stage.mode;
      element.dataset.transport = stage.settings.transport === "websocket" ? "websocket" : "webrtc";
    },
    state: () => {
      element.dataset.state = stage.state;
      element.dataset.muted = String(stage.isMuted);
      element.dataset.microphone = stage.call?.hasMicrophone ? "open" : "off";
      if (stage.call && stage.isLive) {
        element.dataset.mode = stage.call.mode;
        element.dataset.transport = stage.call.transport;
        element.dataset.provider = stage.call.session?.provider ?? element.dataset.provider;
      }
    },
    front: () => {
      if (stage.conversationId) element.dataset.conversationId = stage.conversationId;
      else delete element.dataset.conversationId;
    },
    stored: () => {
      const path = `/conversations/${stage.conversationId}`;
      if (!stage.conversationId || location.pathname === path) return;
      element.dataset.conversationId = stage.conversationId;
      history.replaceState(history.state, "", path); // so that a reload keeps it
    },
  });
}

/** @param {Stage} stage */
function labelOf({ state, call, talk }) {
  if (state === "idle" && talk !== "open") return "Tap to start";
  if (state === "reconnecting") return `${LABELS[state]}, try ${call?.attempt ?? 1}`;
  if (state === "ended" && call) return `Ended · ${duration(call.endedAt - call.startedAt)} · tap to go on`;
  if (state === "error") return call?.problem?.title ?? LABELS.error;
  if (state === "listening" && call?.isMuted) return "Muted";
  if (state === "listening" && !call?.hasMicrophone) return "Type, or tap to talk";
  if (state === "listening" && talk !== "open" && !call?.isTalking) return ON_DEMAND[talk];
  return LABELS[state];
}

/** @param {number} ms @returns {string} "4 min 12 s" */
function duration(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
