/** The caption: the words of this moment, what was heard in ink, what is to come muted. */

import { captionOf } from "../call/caption.js";
import { plainWords } from "./plain_words.js";
import { follow } from "./stage.js";

/** How often the heard words are counted while the assistant speaks, milliseconds. */
const PERIOD = 100;

/** There was no call yet. */
const NOTHING = { role: "assistant", heard: "", coming: "" };

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function captions(element, stage) {
  const heard = document.createElement("span");
  const coming = document.createElement("span");
  coming.className = "caption-coming";
  element.append(heard, coming);
  let timer = 0;

  function show() {
    const caption = stage.call ? captionOf(stage.call.dialogue, Date.now()) : NOTHING;
    element.dataset.role = caption.role;
    setText(heard, plainWords(caption.heard));
    setText(coming, plainWords(caption.coming));
  }

  function onState() {
    clearInterval(timer);
    // A screen reader must not talk over the voice that says these very words.
    element.setAttribute("aria-live", stage.state === "speaking" ? "off" : "polite");
    if (stage.state === "speaking") timer = window.setInterval(show, PERIOD);
    show();
  }

  const unfollow = follow(stage, { dialogue: show, state: onState });
  return () => { unfollow(); clearInterval(timer); };
}

/** @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
