/**
 * What shows a call while it lasts, and the call itself. Nothing of this is needed to draw the page,
 * so the page fetches it once it is drawn, at the first sign of life (main.js).
 */

import { behavior, mountWithin } from "../behaviors.js";
import { reportCalls } from "../call/reports.js";
import { captions } from "./captions.js";
import { cost, minutesLeft, turnCosts } from "./cost.js";
import { devices } from "./devices.js";
import { drawer, drawerToggle } from "./drawer.js";
import { editTurn } from "./edit_turn.js";
import { elapsed } from "./elapsed.js";
import { hearing } from "./hearing.js";
import { level } from "./level.js";
import { lights } from "./lights.js";
import { menu } from "./menu.js";
import { modeSwitch } from "./mode_switch.js";
import { newSession } from "./new_session.js";
import { notices } from "./notices.js";
import { resumeInTabs } from "./resume.js";
import { settingsDialog } from "./settings_dialog.js";
import { onSettings } from "./settings_news.js";
import { callAttributes, stateLabel, stateNote } from "./state_label.js";
import { steps } from "./steps.js";
import { addStyles } from "./styles.js";
import { tabStrip } from "./tabs.js";
import { talkButton } from "./talk_control.js";
import { toolRows } from "./tool_rows.js";
import { transcript } from "./transcript.js";
import { showUnsent } from "./unsent_rows.js";

export { prepareCall } from "../call/preparation.js";
export { beginCall } from "./beginning.js";
export { adoptSettings, keepMode } from "./change_over.js";
export { closeTab, showTab, tabOf, takeCall } from "./front.js";
export { recall } from "./resume.js";

/** @param {import("./stage.js").Stage} stage @returns {Promise<void>} when a call may begin */
export function mountDuringCall(stage) {
  addStyles(["conversation_more", "notices", "privacy", "talk_control", "edit_turn", "settings_dialog", "settings", "tabs", "tools"]);
  reportCalls(window.vivavoce);
  onSettings((changes) => stage.applySettings(changes));
  behavior("log-toggle", drawerToggle);
  for (const [name, mount] of Object.entries({
    "call": callAttributes, "caption": captions, "cost": cost, "devices": devices, "edit-turn": editTurn, "elapsed": elapsed,
    "event-log": drawer, "hearing": hearing, "level": level, "lights": lights, "menu": menu, "minutes-left": minutesLeft,
    "mode-switch": modeSwitch, "new-session": newSession, "notices": notices, "settings-dialog": settingsDialog,
    "state-label": stateLabel, "state-note": stateNote, "steps": steps, "tabs": tabStrip, "talk": talkButton,
  })) behavior(name, (element) => mount(element, stage));
  // Each tab has rows of its own, which go on while it is not in front.
  for (const [name, mount] of Object.entries({ "tool-rows": toolRows, "turn-costs": turnCosts, "transcript": transcript })) {
    behavior(name, (element) => mount(element, stage.tabs.find(({ room }) => room.contains(element)) ?? stage.tab));
  }
  resumeInTabs(stage);
  mountWithin(document.body);
  return showUnsent(stage.tab);
}
