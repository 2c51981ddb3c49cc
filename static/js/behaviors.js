/** Behaviours: what an element with `data-behavior="name"` does, from its arrival in the page until it leaves. */

/** @typedef {(element: HTMLElement) => (() => void) | void} Mount  gives back what undoes it */

/** @type {Map<string, Mount>} */
const behaviors = new Map();

/** What undoes each behaviour of an element. @type {Map<Element, Map<string, () => void>>} */
const mounted = new Map();

/** @param {string} name @param {Mount} mount */
export function behavior(name, mount) {
  behaviors.set(name, mount);
}

/** Mount everything in the page, and from now on whatever htmx brings. */
export function startBehaviors() {
  mountWithin(document.body);
  document.addEventListener("htmx:after:swap", () => { sweep(); mountWithin(document.body); });
}

/** Mount what is not mounted yet; a behaviour may become known after its element. @param {Element} root */
export function mountWithin(root) {
  const found = [...root.querySelectorAll("[data-behavior]")];
  if (root.matches("[data-behavior]")) found.unshift(root);
  for (const element of found) if (element instanceof HTMLElement) mount(element);
}

/** @param {HTMLElement} element */
function mount(element) {
  const undo = mounted.get(element) ?? new Map();
  mounted.set(element, undo);
  for (const name of (element.dataset.behavior ?? "").split(/\s+/)) {
    const mountOne = behaviors.get(name);
    if (mountOne && !undo.has(name)) undo.set(name, mountOne(element) ?? (() => {}));
  }
}

/** Undo what was mounted on elements that left. */
export function sweep() {
  for (const [element, undo] of mounted) {
    if (element.isConnected) continue;
    mounted.delete(element);
    for (const cleanup of undo.values()) cleanup();
  }
}
