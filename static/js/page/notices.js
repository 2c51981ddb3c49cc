/** Problems in words, each with the button that helps. One row for one code. */

import { follow } from "./stage.js";

/** @typedef {import("../errors.js").Problem} Problem */
/** @typedef {import("./stage.js").Stage} Stage */

/** More than this at once nobody reads. */
const MOST = 3;

/** What a button says. */
const ACTIONS = { retry: "Try again", hear: "Tap to hear", reload: "Load again" };

/** @param {HTMLElement} element @param {Stage} stage */
export function notices(element, stage) {
  const template = element.querySelector("template");

  /** @param {Problem} problem */
  function show(problem) {
    remove(problem.code);
    const notice = template?.content.firstElementChild?.cloneNode(true);
    if (!(notice instanceof HTMLElement)) return;
    notice.dataset.code = problem.code;
    const text = notice.querySelector(".notice-text");
    if (text) text.textContent = problem.message;
    const button = notice.querySelector(".notice-action");
    if (problem.action && button instanceof HTMLElement) {
      const { action } = problem;
      button.hidden = false;
      button.textContent = ACTIONS[action];
      button.addEventListener("click", () => { dismiss(problem.code); act(action, stage); });
    }
    notice.querySelector(".notice-close")?.addEventListener("click", () => dismiss(problem.code));
    element.append(notice);
    const shown = element.querySelectorAll(".notice");
    if (shown.length > MOST) shown[0]?.remove();
  }

  /** @param {string} code */
  function remove(code) {
    element.querySelector(`.notice[data-code="${CSS.escape(code)}"]`)?.remove();
  }

  /** @param {string} code */
  function dismiss(code) {
    stage.tab.notices.delete(code);
    remove(code);
  }

  const removeAll = () => { for (const notice of element.querySelectorAll(".notice")) notice.remove(); };
  let wasLive = false;
  return follow(stage, {
    notice: show,
    settled: ({ code }) => remove(code),
    front: () => {
      removeAll();
      wasLive = stage.isLive;
      for (const problem of stage.tab.notices.values()) show(problem);
    },
    state: () => {
      if (stage.isLive && !wasLive) removeAll();
      wasLive = stage.isLive;
    },
  });
}

/** @param {NonNullable<Problem["action"]>} action @param {Stage} stage */
function act(action, stage) {
  if (action === "hear") stage.call?.speaker.unlock();
  if (action === "reload") location.reload();
  if (action === "retry") stage.isLive ? stage.call?.openMicrophone() : stage.start();
}
