/** Which microphone, which speaker, how loud; remembered in this browser. */

import { chooseMicrophone, chooseSpeaker, chooseVolume, chosenMicrophone, chosenSpeaker, chosenVolume } from "../audio/choices.js";
import { follow } from "./stage.js";

/** @param {HTMLElement} element @param {import("./stage.js").Stage} stage */
export function devices(element, stage) {
  const microphone = /** @type {HTMLSelectElement} */ (element.querySelector("[name=microphone]"));
  const speaker = /** @type {HTMLSelectElement} */ (element.querySelector("[name=speaker]"));
  const volume = /** @type {HTMLInputElement} */ (element.querySelector("[name=volume]"));
  const silence = /** @type {HTMLButtonElement} */ (element.querySelector("[name=silence]"));
  const offered = navigator.mediaDevices;
  const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;

  async function list() {
    const all = await offered?.enumerateDevices().catch(() => []) ?? [];
    fill(microphone, all.filter(({ kind }) => kind === "audioinput"), chosenMicrophone());
    fill(speaker, all.filter(({ kind }) => kind === "audiooutput"), chosenSpeaker());
    speaker.disabled = !canChooseSpeaker;
    if (stage.call?.hasMicrophone && !all.some(({ kind }) => kind === "audioinput")) return;
    if (element.dataset.lost === "true") stage.call?.openMicrophone(); // it may have come back
  }

  const calls = () => stage.tabs.flatMap(({ call }) => (call?.isLive ? [call] : []));
  const silenceAll = () => { for (const { speaker: voice } of calls()) voice.silence(silence.getAttribute("aria-pressed") === "true"); };

  microphone.addEventListener("change", () => {
    chooseMicrophone(microphone.value);
    for (const call of calls()) if (call.hasMicrophone) call.openMicrophone();
  });
  speaker.addEventListener("change", () => {
    chooseSpeaker(speaker.value);
    for (const call of calls()) call.speaker.useChosenDevice();
  });
  volume.addEventListener("input", () => {
    chooseVolume(volume.valueAsNumber / 100);
    for (const call of calls()) call.speaker.volume = chosenVolume();
  });
  silence.addEventListener("click", () => {
    silence.setAttribute("aria-pressed", String(silence.getAttribute("aria-pressed") !== "true"));
    silenceAll();
  });

  volume.value = String(chosenVolume() * 100);
  list();
  offered?.addEventListener("devicechange", list);
  const unfollow = follow(stage, {
    light: ({ name, light }) => {
      if (name !== "audio") return;
      element.dataset.lost = String(light === "lost" && stage.isLive);
      if (light === "on") list(); // now that it is allowed, devices have names
    },
    state: silenceAll,
    tabs: silenceAll,
  });
  return () => { unfollow(); offered?.removeEventListener("devicechange", list); };
}

/** @param {HTMLSelectElement} select @param {MediaDeviceInfo[]} found @param {string} chosen */
function fill(select, found, chosen) {
  const known = found.filter(({ deviceId }) => deviceId && deviceId !== "default" && deviceId !== "communications");
  const options = known.map(({ deviceId, label }) => new Option(label || "Unnamed device", deviceId));
  select.replaceChildren(new Option("System default", ""), ...options);
  select.value = known.some(({ deviceId }) => deviceId === chosen) ? chosen : "";
}
