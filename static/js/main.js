/** The page's beginning: which element does what. */

import { behavior, startBehaviors } from "./behaviors.js";
import { Registry } from "./call/registry.js";
import { captions } from "./page/captions.js";
import { composer } from "./page/composer.js";
import { devices } from "./page/devices.js";
import { endButton, muteButton, startButton } from "./page/dock.js";
import { drawer, drawerToggle } from "./page/drawer.js";
import { elapsed } from "./page/elapsed.js";
import { level } from "./page/level.js";
import { lights } from "./page/lights.js";
import { showLocalTime } from "./page/local_time.js";
import { notices } from "./page/notices.js";
import { orb } from "./page/orb.js";
import { conversationList, sidebarToggle } from "./page/sidebar.js";
import { loadCalls, Stage } from "./page/stage.js";
import { callAttributes, stateLabel } from "./page/state_label.js";
import { steps } from "./page/steps.js";
import { showStored, transcript, turnsInPage } from "./page/transcript.js";

behavior("local-time", showLocalTime);
behavior("sidebar", conversationList);
behavior("sidebar-toggle", sidebarToggle);

const place = document.getElementById("call");
if (place) {
  const { mode = "native", conversationId = null } = place.dataset;
  const iceServers = JSON.parse(place.dataset.iceServers ?? "[]");
  const registry = new Registry({ mode, iceServers });
  const stage = new Stage(registry, { conversationId, history: turnsInPage, mode, iceServers });

  behavior("log-toggle", drawerToggle);
  for (const [name, mount] of Object.entries({
    "call": callAttributes, "orb": orb, "steps": steps, "state-label": stateLabel, "elapsed": elapsed, "caption": captions,
    "transcript": transcript, "composer": composer, "level": level, "mute": muteButton, "start": startButton, "end": endButton,
    "lights": lights, "devices": devices, "event-log": drawer, "notices": notices,
  })) behavior(name, (element) => mount(element, stage));

  window.vivavoce = registry;
  // Before the request for the next page goes out, so that a reload already shows what was said.
  window.addEventListener("beforeunload", () => registry.leave());
  window.addEventListener("pagehide", () => registry.leave());
  if (sessionStorage.length) {
    // Turns that an earlier page could not hand over.
    import("./call/unsent.js").then(({ sendUnsent }) => sendUnsent(conversationId, showStored)).catch(() => {});
  }
  fetchTheRest();
}

startBehaviors();

/** The page is drawn first. What a call needs comes at the first sign of life, or a little later by itself. */
function fetchTheRest() {
  const signs = ["pointermove", "pointerdown", "keydown"];
  const fetchNow = () => {
    clearTimeout(timer);
    for (const name of signs) document.removeEventListener(name, fetchNow);
    loadCalls();
  };
  const timer = setTimeout(fetchNow, 2_500);
  for (const name of signs) document.addEventListener(name, fetchNow);
}
