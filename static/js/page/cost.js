/** What this call has cost so far, what each turn has, and how many minutes are left before one starts. */

import { fetchMinutesLeft } from "../api.js";
import { follow } from "./stage.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** The server hears of a call's end first, and a page that goes away asks nothing any more, milliseconds. */
const AFTER_CALL = 300;

/** Of one call. @param {HTMLElement} element @param {Stage} stage */
export function cost(element, stage) {
  const show = () => {
    const { call } = stage;
    const usd = call?.cost.usd;
    const text = usd === undefined || (!stage.isLive && !usd) ? "" : inDollars(usd);
    if (element.textContent === text) return;
    element.textContent = text;
    element.title = usd === null ? "The price of this model is not known here" : "This call so far";
  };
  return follow(stage, { cost: show, state: show });
}

/** Of each turn, at the end of its note. @param {HTMLElement} list @param {import("./tab.js").Tab} tab */
export function turnCosts(list, tab) {
  /** First those of turns that the server put into the page. @type {Map<string, number|null>} */
  const known = new Map(Object.entries(JSON.parse(list.dataset.costs ?? "{}")));

  function show() {
    for (const [itemId, usd] of tab.call?.cost.turns ?? []) known.set(itemId, usd);
    for (const row of list.getElementsByClassName("turn")) {
      const usd = known.get(/** @type {HTMLElement} */ (row).dataset.itemId ?? "");
      if (usd !== undefined && usd !== 0) showIn(row, usd); // of what is free nobody needs to be told each time
    }
  }

  // A stored row takes the place of the one that was shown.
  const watcher = new MutationObserver(show);
  watcher.observe(list, { childList: true });
  const unfollow = follow(tab, { cost: show });
  show();
  return () => { unfollow(); watcher.disconnect(); };
}

/** Of today, as the server counts them: before a call, and again after one. @param {HTMLElement} element @param {Stage} stage */
export function minutesLeft(element, stage) {
  let timer = 0;
  let isOld = false;
  async function ask() {
    const minutes = await fetchMinutesLeft().catch(() => null); // then what stands there is a little old
    if (minutes !== null) element.textContent = `${minutes} min left today`;
  }
  const unfollow = follow(stage, {
    front: () => { isOld = true; }, // calls behind have used some
    state: () => {
      const hasNoKey = stage.call?.session === null; // such a call has used none
      if (isOld || stage.isLive) clearTimeout(timer);
      if (isOld && !stage.isLive && !hasNoKey) timer = window.setTimeout(ask, AFTER_CALL);
      isOld = stage.isLive;
    },
  });
  return () => { unfollow(); clearTimeout(timer); };
}

/** @param {number|null} usd @returns {string} */
export function inDollars(usd) {
  if (usd === null) return "—";
  const digits = usd > 0 && usd < 0.01 ? 4 : 2;
  return `$${usd.toFixed(digits)}`;
}

/** @param {Element} row @param {number|null} usd */
function showIn(row, usd) {
  const note = row.querySelector(".turn-note");
  let place = note?.querySelector(".turn-cost");
  if (!note) return;
  if (!place) {
    place = document.createElement("span");
    place.className = "turn-cost";
    place.setAttribute("data-testid", "turn-cost");
    note.append(place);
  }
  const text = inDollars(usd);
  if (place.textContent !== text) place.textContent = text;
}
