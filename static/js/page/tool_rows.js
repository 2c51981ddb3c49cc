/** What the model calls, as rows between the turns: a line that opens, and the question whether a tool may be used. */

import { follow } from "./stage.js";

/** @typedef {import("../types.js").ToolCall} ToolCall */
/** @typedef {import("./tab.js").Tab} Tab */

/** What a row says of its tool. @type {Record<ToolCall["state"], string>} */
const STATES = {
  approval: "waits for you", running: "at work …", done: "done", failed: "did not work", refused: "not allowed",
  lost: "not finished", withdrawn: "",
};

/** Closer to the end than this, the view follows new rows, pixels. */
const NEAR = 80;

/** @param {HTMLElement} list  the rows of the conversation @param {Tab} tab */
export function toolRows(list, tab) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("tool-template"));
  /** By the provider's id of the call. @type {Map<string, HTMLElement>} */
  const rows = new Map();

  /** @param {ToolCall} call */
  function show(call) {
    if (call.state === "withdrawn") return remove(call.id);
    const room = list.parentElement ?? list;
    const isAtEnd = room.scrollHeight - room.scrollTop - room.clientHeight < NEAR;
    fill(rows.get(call.id) ?? add(call.id), call);
    if (isAtEnd) room.scrollTop = room.scrollHeight;
  }

  /** @param {string} id @returns {HTMLElement} */
  function add(id) {
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    row.querySelector("[data-testid=tool-allow]")?.addEventListener("click", () => tab.call?.decideTool(id, true));
    row.querySelector("[data-testid=tool-refuse]")?.addEventListener("click", () => tab.call?.decideTool(id, false));
    list.append(row);
    rows.set(id, row);
    return row;
  }

  /** @param {string} id */
  function remove(id) {
    rows.get(id)?.remove();
    rows.delete(id);
  }

  return follow(tab, { tool: show });
}

/** @param {HTMLElement} row @param {ToolCall} call */
function fill(row, { name, title, state, output, arguments: wanted }) {
  row.dataset.state = state;
  row.dataset.tool = name;
  write(row, ".tool-title", title);
  write(row, ".tool-state", STATES[state]);
  write(row, ".tool-arguments", legible(wanted));
  write(row, ".tool-output", legible(output));
  for (const part of row.querySelectorAll(".tool-answered")) part.toggleAttribute("hidden", !output);
  askIn(row, state === "approval" ? `The assistant wants to use “${title}”. It asks for what you see above.` : null);
}

/** @param {HTMLElement} row @param {string|null} question  null: nothing is asked any more */
function askIn(row, question) {
  const approval = /** @type {HTMLElement} */ (row.querySelector(".tool-approval"));
  const details = row.querySelector("details");
  const hadFocus = approval.contains(document.activeElement);
  if (question && details) details.open = true; // nobody should allow what he cannot see
  else if (!approval.hidden && details) details.open = false;
  approval.hidden = !question;
  write(row, ".tool-question", question ?? "");
  const summary = row.querySelector("summary");
  if (hadFocus && !question) summary?.focus();
}

/** @param {HTMLElement} row @param {string} selector @param {string} text */
function write(row, selector, text) {
  const part = row.querySelector(selector);
  if (part && part.textContent !== text) part.textContent = text;
}

/** JSON with a line for each part, anything else as it is. @param {string} text */
function legible(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
