/** The page's beginning: which element does what. */

import { behavior, startBehaviors } from "./behaviors.js";
import { Registry } from "./call/registry.js";
import { composer } from "./page/composer.js";
import { endButton, muteButton, startButton } from "./page/dock.js";
import { showLocalTime } from "./page/local_time.js";
import { orb } from "./page/orb.js";
import { conversationList, sidebarToggle } from "./page/sidebar.js";
import { Stage } from "./page/stage.js";

behavior("local-time", showLocalTime);
behavior("sidebar", conversationList);
behavior("sidebar-toggle", sidebarToggle);
behavior("settings", (element) => {
  const loaded = import("./page/settings_news.js").then(({ settings }) => settings(element));
  return () => { loaded.then((undo) => undo()); };
});

const place = document.getElementById("call");
if (place) {
  const { mode = "native", conversationId = null } = place.dataset;
  const [settings, iceServers, wishes] = ["settings", "iceServers", "wishes"].map((name) => JSON.parse(place.dataset[name] ?? "{}"));
  const room = /** @type {HTMLElement} */ (place.querySelector(".turns-room"));
  const registry = new Registry(() => stage);
  const stage = new Stage(registry, { conversationId, mode, wishes, room, iceServers, settings });

  for (const [name, mount] of Object.entries({ "orb": orb, "composer": composer, "mute": muteButton, "start": startButton, "end": endButton })) {
    behavior(name, (element) => mount(element, stage));
  }

  window.vivavoce = registry;
  // Before the request for the next page goes out, so that a reload already shows what was said.
  window.addEventListener("beforeunload", () => registry.leave());
  window.addEventListener("pagehide", () => registry.leave());
  if (conversationId) stage.load(); // its newest turns are scrolled to
  else loadSoon(stage);
}

startBehaviors();

/** The page is drawn first. What a call needs comes at the first sign of life, or a little later by itself. @param {Stage} stage */
function loadSoon(stage) {
  const signs = ["pointermove", "pointerdown", "keydown"];
  const fetchNow = () => {
    clearTimeout(timer);
    for (const name of signs) document.removeEventListener(name, fetchNow);
    stage.load();
  };
  const timer = setTimeout(fetchNow, 2_500);
  for (const name of signs) document.addEventListener(name, fetchNow);
}
