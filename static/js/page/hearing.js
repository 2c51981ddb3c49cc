/** Who hears what is said in text mode, for the line that tells it. */

import { hasRecognizerFailed } from "../speech/recognizer_memory.js";
import { follow } from "./stage.js";

/** @param {HTMLElement} element  the line, within `#call` @param {import("./stage.js").Stage} stage */
export function hearing(element, stage) {
  const place = /** @type {HTMLElement} */ (element.closest("#call"));
  const show = () => { if (stage.call?.hearing) place.dataset.hearing = stage.call.hearing; };
  const hasRecognizer = !hasRecognizerFailed() && ("SpeechRecognition" in window || "webkitSpeechRecognition" in window);
  place.dataset.hearing = hasRecognizer ? "browser" : "server"; // until a call knows better
  return follow(stage, { state: show });
}
