/** Times of the server, told in the reader's own zone. */

/** @param {HTMLElement} element  a `time`; `data-style="day"`: the day, today the hour, and the year where it is another */
export function showLocalTime(element) {
  const date = new Date(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(date.getTime())) return;
  const now = new Date();
  const isToday = date.toDateString() === now.toDateString();
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  /** @type {Intl.DateTimeFormatOptions} */
  const format = element.dataset.style === "day" && !isToday ? { day: "numeric", month: "short", year } : { hour: "2-digit", minute: "2-digit" };
  element.textContent = new Intl.DateTimeFormat(undefined, format).format(date);
  element.title = date.toLocaleString();
}
