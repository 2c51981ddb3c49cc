/** What a new choice does to the call: a live one follows it, whatever was made ready for the next one is dropped. */

import { saveSettings } from "../api.js";
import { dropPrepared } from "../call/preparation.js";
import { problem } from "../errors.js";
import { tellSettings } from "./settings_news.js";

/** @typedef {import("../types.js").SettingChanges} SettingChanges */
/** @typedef {import("./stage.js").Stage} Stage */

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
  if (!stage.isLive) return;
  const { mode, ...others } = changes;
  if (Object.keys(others).length) stage.call?.applySettings(others);
  if (mode && mode !== stage.mode) switchLive(stage, mode);
}

/** @param {Stage} stage @param {string} mode */
async function switchLive(stage, mode) {
  const { call } = stage;
  const before = call?.mode ?? mode;
  stage.switchingTo = mode;
  stage.tell("state", {});
  try {
    await call?.switchTo({ mode });
  } catch {
    if (stage.call === call && stage.isLive && stage.switchingTo === mode) {
      stage.tell("notice", problem("mode-unavailable"));
      stage.switchingTo = null;
      await keepMode(stage, before);
    }
  }
  if (stage.switchingTo === mode) stage.switchingTo = null;
  stage.tell("state", {});
}
