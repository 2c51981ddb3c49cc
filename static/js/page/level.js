/** The microphone's level meter, and the hint when a live microphone gives nothing at all. */

import { problem } from "../errors.js";
import { follow } from "./stage.js";

/** Loudness below this is digital silence: no real microphone is that quiet. */
const SILENCE = 0.0005;

/** How long it may last before it is told, milliseconds. */
const PATIENCE = 3_000;

/** How the bars share the level, from the edges to the middle. */
const SHARES = [0.45, 0.75, 1, 0.7, 0.4];

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function level(element, stage) {
  const bars = [...element.querySelectorAll("i")];
  let silentSince = 0;
  let isTold = false;
  let announced = "";

  /** @param {{input: number|null}} levels */
  function show({ input }) {
    const value = stage.isMuted ? 0 : input ?? 0;
    bars.forEach((bar, index) => bar.style.setProperty("--height", Math.max(0.18, value * (SHARES[index] ?? 1)).toFixed(2)));
    const percent = String(Math.round(value * 10) * 10);
    if (percent !== announced) element.setAttribute("aria-valuenow", percent);
    announced = percent;
    watch(input);
  }

  /** @param {number|null} input */
  function watch(input) {
    const isHeard = !stage.isMuted && (stage.talk === "open" || stage.call?.isTalking === true);
    const isSilent = isHeard && input !== null && input < SILENCE;
    if (!isSilent) silentSince = 0;
    else if (!silentSince) silentSince = performance.now();
    const isDead = isSilent && performance.now() - silentSince > PATIENCE;
    if (isDead === isTold) return;
    isTold = isDead;
    stage.dispatchEvent(isDead
      ? new CustomEvent("notice", { detail: problem("microphone-silent") })
      : new CustomEvent("settled", { detail: { code: "microphone-silent" } }));
  }

  return follow(stage, { levels: show });
}
