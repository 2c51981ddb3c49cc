/** The list of conversations: which one is open, and how the list is shown or folded away. */

const FOLDED = "vivavoce.sidebar-folded";

/** Beside the stage from this width on; a sheet over it below. */
const WIDE = matchMedia("(min-width: 900px)");

/** @param {HTMLElement} element  the list, new after each refresh */
export function conversationList(element) {
  for (const link of element.querySelectorAll("a[href]")) {
    if (link.getAttribute("href")?.split("#")[0] === location.pathname) link.setAttribute("aria-current", "page");
  }
  /** @param {Event} event */
  const onDeleted = (event) => {
    const { request, response } = /** @type {CustomEvent} */ (event).detail.ctx;
    const isOurs = new URL(request.action, location.href).pathname === `${location.pathname}/delete`;
    // Where it can be brought back.
    if (isOurs && response.status < 300) location.assign(`/conversations?deleted=${location.pathname.split("/").at(-1)}`);
  };
  /** A fresh list would sweep away a title that somebody types, and the way back from a deletion. @param {Event} event */
  const onRefresh = (event) => {
    const isWhole = /** @type {CustomEvent} */ (event).detail.ctx.sourceElement === element;
    if (isWhole && element.querySelector("details[open], .conversation-deleted:focus-within")) event.preventDefault();
  };
  element.addEventListener("htmx:after:request", onDeleted);
  element.addEventListener("htmx:before:request", onRefresh);
  return () => {
    element.removeEventListener("htmx:after:request", onDeleted);
    element.removeEventListener("htmx:before:request", onRefresh);
  };
}

/** @param {HTMLElement} button */
export function sidebarToggle(button) {
  const root = document.documentElement;
  const sidebar = document.getElementById("sidebar");
  const show = () => {
    const isFolded = localStorage.getItem(FOLDED) === "true";
    root.dataset.sidebar = isFolded ? "folded" : "open";
    button.setAttribute("aria-expanded", String(WIDE.matches ? !isFolded : sidebar?.matches(":popover-open")));
  };
  const onClick = () => {
    if (WIDE.matches) localStorage.setItem(FOLDED, String(root.dataset.sidebar !== "folded"));
    else sidebar?.togglePopover();
    show();
  };
  button.addEventListener("click", onClick);
  sidebar?.addEventListener("toggle", show);
  WIDE.addEventListener("change", show);
  show();
}
