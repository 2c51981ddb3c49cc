/** What a new choice does to calls: live ones follow it, whatever was made ready for the next one is dropped. */

import { saveSettings } from "../api.js";
import { dropPrepared } from "../call/preparation.js";
import { problem } from "../errors.js";
import { tellSettings } from "./settings_news.js";

/** @typedef {import("../types.js").SettingChanges} SettingChanges */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./tab.js").Tab} Tab */

/** Choices of which a session knows nothing. */
const OF_THE_PAGE = new Set(["captions", "echo", "talk_key"]);

/** Store the mode; it is adopted when its news comes back. @param {Stage} stage @param {string} mode */
export async function keepMode(stage, mode) {
  try {
    await saveSettings({ mode });
    tellSettings({ mode });
  } catch {
    stage.tell("notice", problem("settings-failed"));
  }
}

/** @param {Stage} stage @param {SettingChanges} changes */
export function adoptSettings(stage, changes) {
  if (Object.keys(changes).some((name) => !OF_THE_PAGE.has(name))) dropPrepared();
  const { mode, ...others } = changes;
  for (const tab of stage.tabs) {
    const news = changesFor(tab, others);
    if (tab.isLive && Object.keys(news).length) tab.call?.applySettings(news);
  }
  // The mode is that of the talk in front; the others go on as they are.
  if (stage.isLive && mode && mode !== stage.mode) switchLive(stage, stage.tab, mode);
}

/** A tab that wished for something else keeps it. @param {Tab} tab @param {SettingChanges} changes @returns {SettingChanges} */
function changesFor({ wishes }, changes) {
  const isKept = (/** @type {string} */ name) =>
    (wishes.voice && name.startsWith("voice_")) || (wishes.language && "language" in changes && (name === "language" || name === "session"));
  return Object.fromEntries(Object.entries(changes).filter(([name]) => !isKept(name)));
}

/** @param {Stage} stage @param {Tab} tab @param {string} mode */
async function switchLive(stage, tab, mode) {
  const { call } = tab;
  const before = call?.mode ?? mode;
  tab.switchingTo = mode;
  tab.tell("state", {});
  try {
    await call?.switchTo({ mode });
  } catch {
    if (tab.call === call && tab.isLive && tab.switchingTo === mode) {
      tab.tell("notice", problem("mode-unavailable"));
      tab.switchingTo = null;
      tab.changeMode(before);
      if (tab === stage.tab) await keepMode(stage, before);
    }
  }
  if (tab.switchingTo === mode) tab.switchingTo = null;
  tab.tell("state", {});
}
