/**
 * What shows a call while it lasts, and the call itself. Nothing of this is needed to draw the page,
 * so the page fetches it once it is drawn, at the first sign of life (main.js).
 */

import { behavior, mountWithin } from "../behaviors.js";
import { captions } from "./captions.js";
import { devices } from "./devices.js";
import { editTurn } from "./edit_turn.js";
import { elapsed } from "./elapsed.js";
import { hearing } from "./hearing.js";
import { level } from "./level.js";
import { lights } from "./lights.js";
import { menu } from "./menu.js";
import { modeSwitch } from "./mode_switch.js";
import { notices } from "./notices.js";
import { settingsDialog } from "./settings_dialog.js";
import { onSettings } from "./settings_news.js";
import { steps } from "./steps.js";
import { addStyles } from "./styles.js";
import { talkButton } from "./talk_control.js";
import { toolRows } from "./tool_rows.js";
import { transcript } from "./transcript.js";

export { prepareCall } from "../call/preparation.js";
export { beginCall } from "./beginning.js";
export { adoptSettings, keepMode } from "./change_over.js";

/** @param {import("./stage.js").Stage} stage */
export function mountDuringCall(stage) {
  addStyles(["notices", "talk_control", "edit_turn", "settings_dialog", "settings", "tools"]);
  onSettings((changes) => stage.applySettings(changes));
  for (const [name, mount] of Object.entries({
    "caption": captions, "devices": devices, "edit-turn": editTurn, "elapsed": elapsed, "hearing": hearing, "level": level,
    "lights": lights, "menu": menu, "mode-switch": modeSwitch, "notices": notices, "settings-dialog": settingsDialog,
    "steps": steps, "talk": talkButton, "tool-rows": toolRows, "transcript": transcript,
  })) behavior(name, (element) => mount(element, stage));
  mountWithin(document.body);
}
