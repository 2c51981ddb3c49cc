/** News of changed settings: from the panel in this page, and from other pages of the same browser. */

/** @typedef {Record<string, any>} Changes  setting's name to value; `session`: what a live native call must be told */

const here = new EventTarget();
const elsewhere = new BroadcastChannel("vivavoce.settings");

elsewhere.addEventListener("message", ({ data }) => here.dispatchEvent(new CustomEvent("changed", { detail: data })));
document.addEventListener("settings:changed", (event) => tellSettings(/** @type {CustomEvent<Changes>} */ (event).detail));

/**
 * Hear of changes until the returned function is called.
 * @param {(changes: Changes) => void} callback
 * @returns {() => void}
 */
export function onSettings(callback) {
  /** @param {Event} event */
  const listener = (event) => callback(/** @type {CustomEvent<Changes>} */ (event).detail);
  here.addEventListener("changed", listener);
  return () => here.removeEventListener("changed", listener);
}

/** Tell all pages what was stored. @param {Changes} changes */
export function tellSettings(changes) {
  here.dispatchEvent(new CustomEvent("changed", { detail: changes }));
  elsewhere.postMessage(changes);
}

/** The panel's behaviour, fetched when there is a panel. @param {HTMLElement} element */
export function settings(element) {
  const loaded = import("./settings.js").then(({ settingsPanel }) => settingsPanel(element));
  return () => { loaded.then((undo) => undo()).catch(() => {}); };
}
