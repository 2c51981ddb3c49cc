/**
 * What shows a call while it lasts, and the call itself. Nothing of this is needed to draw the page,
 * so the page fetches it once it is drawn, at the first sign of life (main.js).
 */

import { behavior, mountWithin } from "../behaviors.js";
import { captions } from "./captions.js";
import { devices } from "./devices.js";
import { elapsed } from "./elapsed.js";
import { level } from "./level.js";
import { lights } from "./lights.js";
import { notices } from "./notices.js";
import { steps } from "./steps.js";
import { transcript } from "./transcript.js";

export { keys, prepareCall } from "../call/preparation.js";
export { turnsInPage } from "./transcript.js";

/** @param {import("./stage.js").Stage} stage */
export function mountDuringCall(stage) {
  for (const [name, mount] of Object.entries({
    "caption": captions, "devices": devices, "elapsed": elapsed, "level": level,
    "lights": lights, "notices": notices, "steps": steps, "transcript": transcript,
  })) behavior(name, (element) => mount(element, stage));
  mountWithin(document.body);
}
