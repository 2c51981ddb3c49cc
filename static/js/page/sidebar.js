/** The list of conversations: which one is open, and how the list is shown or folded away. */

const FOLDED = "vivavoce.sidebar-folded";

/** Beside the stage from this width on; a sheet over it below. */
const WIDE = matchMedia("(min-width: 900px)");

/** @param {HTMLElement} element  the list, new after each refresh */
export function conversationList(element) {
  for (const link of element.querySelectorAll("a[href]")) {
    if (link.getAttribute("href") === location.pathname) link.setAttribute("aria-current", "page");
  }
  /** @param {Event} event */
  const onDeleted = (event) => {
    const { request, response } = /** @type {CustomEvent} */ (event).detail.ctx;
    const isOurs = request.method === "DELETE" && new URL(request.action, location.href).pathname === location.pathname;
    if (isOurs && response.status < 300) location.assign("/");
  };
  element.addEventListener("htmx:after:request", onDeleted);
  return () => element.removeEventListener("htmx:after:request", onDeleted);
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
