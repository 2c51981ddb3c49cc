/** The strip of tabs, from the second one on: what each is about, how its call is, which one hears. */

import { closeTab, showTab } from "./front.js";
import { follow } from "./stage.js";

/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./tab.js").Tab} Tab */

/** What is said of a call to somebody who does not see its light. @type {Record<string, string>} */
const STATES = {
  "connecting": "connecting", "listening": "listening", "user-speaking": "listening", "thinking": "thinking", "speaking": "speaking",
  "reconnecting": "reconnecting", "ended": "ended", "error": "did not work",
};

/** What is said at once of a call behind. @type {Record<string, string>} */
const NEWS = { question: "asks you something", error: "needs a look" };

/** Where each of these keys leads to in a row of so many. @type {Record<string, (at: number, count: number) => number>} */
const STEPS = {
  ArrowRight: (at, count) => (at + 1) % count, ArrowLeft: (at, count) => (at + count - 1) % count,
  Home: () => 0, End: (_, count) => count - 1,
};

/** @param {HTMLElement} element @param {Stage} stage */
export function tabStrip(element, stage) {
  const list = /** @type {HTMLElement} */ (element.querySelector("[role=tablist]"));
  const template = /** @type {HTMLTemplateElement} */ (element.querySelector("template"));
  /** @type {Map<Tab, {button: HTMLElement, look: () => void, stop: () => void}>} */
  const shown = new Map();
  let opened = 0;

  function show() {
    for (const [tab, { button, stop }] of shown) {
      if (stage.tabs.includes(tab)) continue;
      stop();
      button.remove();
      shown.delete(tab);
    }
    for (const tab of stage.tabs) if (!shown.has(tab)) add(tab);
    element.hidden = stage.tabs.length < 2;
    for (const [tab, { button, look }] of shown) {
      setPanel(tab.room, element.hidden ? null : button);
      look();
    }
    shown.get(stage.tab)?.button.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {Tab} tab */
  function add(tab) {
    const button = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const name = `Session ${opened += 1}`;
    /** Tools that wait for the person. @type {Set<string>} */
    const questions = new Set();
    const look = () => fill(button, tab, { name, isInFront: tab === stage.tab, hasQuestion: questions.size > 0 });
    const hear = () => {
      const { state } = button.dataset;
      look();
      if (tab !== stage.tab && button.dataset.state !== state) tellOf(button);
    };
    button.id = `tab-${opened}`;
    tab.room.id = `turns-room-${opened}`;
    button.setAttribute("aria-controls", tab.room.id);
    button.addEventListener("click", () => showTab(stage, tab));
    list.append(button);
    shown.set(tab, { button, look, stop: follow(tab, {
      state: hear, dialogue: look, notice: hear, settled: hear,
      tool: ({ id, state }) => {
        if (state === "approval") questions.add(id);
        else questions.delete(id);
        hear();
      },
    }) });
  }

  /** Nobody sees, and no screen reader tells, what happens in a tab behind. @param {HTMLElement} button */
  function tellOf({ dataset: { state = "" }, firstElementChild: title }) {
    const news = NEWS[state];
    if (news) write(element, "[role=status]", `${title?.textContent}: ${news}`);
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const buttons = [...shown.values()].map(({ button }) => button);
    const at = buttons.findIndex((button) => button === event.target);
    const step = STEPS[event.key];
    if (at < 0 || !(step || event.key === "Delete")) return;
    event.preventDefault();
    if (step) buttons[step(at, buttons.length)]?.focus(); // Enter takes the microphone there
    else close(stage.tabs[at]);
  }

  /** @param {Tab} [tab] */
  function close(tab) {
    closeTab(stage, tab);
    if (element.hidden) stage.tab.room.focus();
    else shown.get(stage.tab)?.button.focus();
  }

  list.addEventListener("keydown", onKey);
  element.querySelector("[name=close]")?.addEventListener("click", () => close(stage.tab));
  show();
  return follow(stage, { tabs: show, front: show });
}

/** @param {HTMLElement} room @param {HTMLElement|null} tab  null: there is no other */
function setPanel(room, tab) {
  if (tab) {
    room.setAttribute("role", "tabpanel");
    room.setAttribute("aria-labelledby", tab.id);
  } else {
    room.removeAttribute("role");
    room.removeAttribute("aria-labelledby");
  }
}

/** @param {HTMLElement} button @param {Tab} tab @param {{name: string, isInFront: boolean, hasQuestion: boolean}} how */
function fill(button, tab, { name, isInFront, hasQuestion }) {
  const about = whatIsSpecial(tab);
  const hasProblem = tab.state === "error" || (!isInFront && tab.notices.size > 0);
  button.setAttribute("aria-selected", String(isInFront));
  button.tabIndex = isInFront ? 0 : -1;
  button.title = about;
  button.dataset.state = hasQuestion ? "question" : hasProblem ? "error" : tab.state;
  button.dataset.hears = String(tab.isLive && tab.call?.hasMicrophone && !tab.call.isMuted);
  write(button, ".tab-title", firstWords(tab) || about || name);
  write(button, ".tab-state", hasQuestion ? ", asks you something" : STATES[tab.state] ? `, ${STATES[tab.state]}` : "");
}

/** @param {Tab} tab */
function firstWords({ call, room }) {
  const words = call?.dialogue.turns.find(({ role, text }) => role === "user" && text)?.text;
  return words ?? room.querySelector('.turn[data-role="user"] .turn-text')?.textContent ?? "";
}

/** What this tab wished for, in words. @param {Tab} tab @returns {string} "German · marin" */
function whatIsSpecial({ wishes: { language, voice, model } }) {
  const spoken = language && (new Intl.DisplayNames(undefined, { type: "language", fallback: "code" }).of(language) ?? language);
  return [spoken, voice, model].filter(Boolean).join(" · ");
}

/** @param {HTMLElement} element @param {string} selector @param {string} text */
function write(element, selector, text) {
  const part = element.querySelector(selector);
  if (part && part.textContent !== text) part.textContent = text;
}
