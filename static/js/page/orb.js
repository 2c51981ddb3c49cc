/** The orb: one drawing that follows the voices, and the button that means something now. */

import { rimPath } from "./orb_shape.js";
import { follow, prepareOn } from "./stage.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** How much of a new level is taken over per frame: voices rise fast and fall slowly. */
const RISE = 0.5;
const FALL = 0.12;

/** @param {HTMLElement} element @param {Stage} stage */
export function orb(element, stage) {
  const connect = buttonIn(element, "connect");
  const interrupt = buttonIn(element, "interrupt");
  const rim = element.querySelector(".orb-rim");
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  let input = 0;
  let output = 0;

  prepareOn(connect, stage);
  connect.addEventListener("click", () => stage.start());
  connect.disabled = false; // until now a tap would have been lost
  interrupt.addEventListener("click", () => { if (canInterrupt(stage)) stage.interrupt(); });
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && stage.state === "speaking") stage.interrupt();
  };
  document.addEventListener("keydown", onKey);

  function show() {
    const isTyped = stage.state === "listening" && !stage.call?.hasMicrophone;
    const isStart = !stage.isLive || stage.state === "connecting" || isTyped;
    const hadFocus = element.contains(document.activeElement);
    connect.hidden = !isStart;
    interrupt.hidden = isStart;
    connect.setAttribute("aria-disabled", String(stage.state === "connecting"));
    interrupt.setAttribute("aria-disabled", String(!canInterrupt(stage)));
    connect.setAttribute("aria-label", labelOf(stage, isTyped));
    if (hadFocus) (isStart ? connect : interrupt).focus({ preventScroll: true });
  }

  /** @param {{input: number|null, output: number|null}} levels */
  function move(levels) {
    input = eased(input, levels.input ?? 0);
    output = eased(output, levels.output ?? 0);
    element.style.setProperty("--input", input.toFixed(3));
    element.style.setProperty("--output", output.toFixed(3));
    if (stage.state === "user-speaking") rim?.setAttribute("d", rimPath(input, isStill.matches ? 0 : performance.now() / 1000));
  }

  rim?.setAttribute("d", rimPath(0, 0));
  show();
  const unfollow = follow(stage, { state: show, settings: show, levels: move });
  return () => { unfollow(); document.removeEventListener("keydown", onKey); };
}

/** @param {Stage} stage */
function canInterrupt({ state }) {
  return state === "speaking" || state === "thinking";
}

/** @param {Stage} stage @param {boolean} isTyped  a call without a microphone */
function labelOf({ state, talk }, isTyped) {
  if (state === "connecting") return "Connecting";
  if (isTyped) return "Tap to talk instead of typing";
  return talk === "open" ? "Tap to talk" : "Tap to start";
}

/** @param {number} old @param {number} level */
function eased(old, level) {
  return old + (level - old) * (level > old ? RISE : FALL);
}

/** @param {HTMLElement} element @param {string} name @returns {HTMLButtonElement} */
function buttonIn(element, name) {
  const button = element.querySelector(`[data-testid="${name}"]`);
  if (button instanceof HTMLButtonElement) return button;
  throw new Error(`the orb has no ${name} button`);
}
