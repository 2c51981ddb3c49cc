/** The settings: hear a voice, press a key to take it, see what was saved. Saving itself is htmx's. */

import { fetchSpeech } from "../api.js";
import { Sample } from "../audio/sample.js";
import { toProblem } from "../errors.js";
import { captureKey } from "./key_capture.js";
import { onSettings } from "./settings_news.js";

const SENTENCE = "Hello. This is how your answers will sound.";

/** How long "Saved" stays, milliseconds. */
const SAVED_STAYS = 4_000;

/** @param {HTMLElement} element @returns {() => void} */
export function settingsPanel(element) {
  const status = /** @type {HTMLElement} */ (element.querySelector("[role=status]"));
  const sample = new Sample();
  const undoing = new AbortController();
  const { signal } = undoing;
  let asking = new AbortController();
  let fading = 0;

  /** @param {string} text @param {boolean} [isFailure] */
  function say(text, isFailure = false) {
    clearTimeout(fading);
    status.textContent = text;
    status.dataset.failed = String(isFailure);
    if (text && !isFailure) fading = window.setTimeout(() => { status.textContent = ""; }, SAVED_STAYS);
  }

  function hush() {
    asking.abort();
    sample.stop();
  }

  /** @param {HTMLButtonElement} button */
  async function hear(button) {
    const wasPlaying = button.getAttribute("aria-pressed") === "true";
    hush();
    if (wasPlaying) return;
    const mine = asking = new AbortController();
    press(button, true);
    try {
      const wish = { text: SENTENCE, voice: button.dataset.voice, format: "wav" };
      const sound = await new Response(await fetchSpeech(wish, mine.signal)).blob();
      await sample.play(sound);
    } catch (error) {
      if (!mine.signal.aborted) say(toProblem(error).message, true);
    }
    press(button, false);
  }

  /** @param {MouseEvent} event */
  function onClick({ target }) {
    if (!(target instanceof HTMLButtonElement)) return;
    if (target.name === "hear") hear(target);
    if (target.name === "capture") captureKey(target);
  }

  /** What is typed is saved when one leaves the field, which Enter and Escape do. @param {KeyboardEvent} event */
  function onKey(event) {
    const { key, target } = event;
    const isLine = target instanceof HTMLInputElement && target.type === "text";
    if (key === "Enter" && isLine) event.preventDefault();
    if ((key === "Enter" && isLine) || (key === "Escape" && (isLine || target instanceof HTMLTextAreaElement))) target.blur();
  }

  /** @param {Event} event */
  function onRefused(event) {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    const isMarked = ctx.response.status === 422;
    say(isMarked ? "Not saved: look at what is marked." : "Not saved. Change it again in a moment.", true);
  }

  const unfollow = onSettings((changes) => {
    // From another page of this browser, or from the head of this one.
    if (Object.entries(changes).some(([name, value]) => isOther(element, name, value))) element.dispatchEvent(new CustomEvent("settings:stale"));
  });
  for (const [name, listener] of /** @type {[string, (event: any) => void][]} */ ([
    ["click", onClick], ["keydown", onKey], ["input", showNumber], ["settings:changed", () => say("Saved")],
    ["htmx:after:swap", () => showButtons(element)], ["htmx:response:error", onRefused],
    ["htmx:error", () => say("Not saved: the server does not answer. Change it again in a moment.", true)],
  ])) element.addEventListener(name, listener, { signal });
  showButtons(element);
  saveByThemselves(signal);
  if (status.textContent) say(status.textContent, element.querySelector(".setting-problem") !== null);
  return () => { undoing.abort(); unfollow(); hush(); clearTimeout(fading); };
}

/** What needs this script has been hidden until now. @param {HTMLElement} element */
function showButtons(element) {
  for (const button of element.querySelectorAll("button[hidden]")) if (button instanceof HTMLButtonElement) button.hidden = false;
}

/** Each field saves itself, so the form and its button have nothing to do. @param {AbortSignal} signal */
function saveByThemselves(signal) {
  const form = document.getElementById("settings-form");
  form?.addEventListener("submit", (event) => event.preventDefault(), { signal });
  form?.querySelector("[type=submit]")?.setAttribute("hidden", "");
}

/** @param {HTMLButtonElement} button @param {boolean} isPressed */
function press(button, isPressed) {
  button.setAttribute("aria-pressed", String(isPressed));
  button.textContent = isPressed ? "Stop" : "Hear it";
}

/** @param {Event} event */
function showNumber({ target }) {
  if (!(target instanceof HTMLInputElement) || target.type !== "range") return;
  const shown = target.parentElement?.querySelector("[data-number]");
  if (shown) shown.textContent = String(target.valueAsNumber);
}

/** Whether a setting stands there with another value. @param {HTMLElement} element @param {string} name @param {unknown} value */
function isOther(element, name, value) {
  const field = element.querySelector(`[data-name="${CSS.escape(name)}"]`);
  if (!field || typeof value === "object" && value !== null || name === "instructions") return false;
  const shown = field.querySelector("input:checked, select, textarea, input:not([type=radio], [type=checkbox], [type=hidden])");
  if (shown instanceof HTMLInputElement && shown.type === "checkbox") return value !== true;
  const text = /** @type {{value: string}|null} */ (shown)?.value ?? "";
  if (typeof value === "number") return Number(text) !== value;
  return typeof value === "boolean" ? value : text !== (value ?? "");
}
