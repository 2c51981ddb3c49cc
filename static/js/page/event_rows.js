/** Rows of the event log: what may be shown of an event, and how. */

/** @typedef {import("../types.js").LogEntry} LogEntry */

/** Fields that hold secrets, and fields that hold sound. */
const SECRET = /secret|authorization|token$|api_?key|^value$|password/i;
const SOUND = /^audio$/;

/** Longer texts are cut, characters. */
const LONGEST = 4_000;

/**
 * An event as text without secrets and sound. Pure.
 * @param {unknown} detail
 * @returns {string} JSON
 */
export function redacted(detail) {
  return JSON.stringify(detail, (key, value) => {
    if (SECRET.test(key) && typeof value === "string") return "[redacted]";
    if (typeof value !== "string") return value;
    if (SOUND.test(key)) return `[${value.length} characters of sound]`;
    const text = value.replace(/\bek_[\w-]+/g, "ek_[redacted]");
    return text.length > LONGEST ? `${text.slice(0, LONGEST)} … [${text.length} characters]` : text;
  }, 2) ?? "";
}

/**
 * One line that names the event.
 * @param {LogEntry} entry
 * @returns {string} "14:02:07.314 server response.done"
 */
export function lineOf({ at, direction, type }) {
  return `${clock(at)} ${direction} ${type}`;
}

/** @param {LogEntry} entry @param {HTMLTemplateElement} template @returns {HTMLElement} */
export function rowOf(entry, template) {
  const row = /** @type {HTMLElement} */ (template.content.querySelector(".event")?.cloneNode(true));
  row.dataset.direction = entry.direction;
  row.dataset.type = entry.type;
  const time = row.querySelector("time");
  if (time) time.textContent = clock(entry.at);
  const type = row.querySelector(".event-type");
  if (type) type.textContent = entry.type;
  row.querySelector("details")?.addEventListener("toggle", () => {
    const body = row.querySelector("pre");
    if (body && !body.textContent) body.textContent = redacted(entry.detail);
  });
  return row;
}

/** @param {number} at */
function clock(at) {
  const date = new Date(at);
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
