/** Times of the server, told in the reader's own zone. */

/** @param {HTMLElement} element  a `time`; `data-style="day"`: the day, today the hour */
export function showLocalTime(element) {
  const date = new Date(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(date.getTime())) return;
  const isToday = date.toDateString() === new Date().toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const format = element.dataset.style === "day" && !isToday ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" };
  element.textContent = new Intl.DateTimeFormat(undefined, format).format(date);
  element.title = date.toLocaleString();
}
