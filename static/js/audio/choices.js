/** The devices and the volume that were chosen in this browser, and are remembered in it. */

const MICROPHONE = "vivavoce.microphone";
const SPEAKER = "vivavoce.speaker";
const VOLUME = "vivavoce.volume";

/** A device id; "" is the system's own. */
export function chosenMicrophone() {
  return localStorage.getItem(MICROPHONE) ?? "";
}

/** @param {string} deviceId */
export function chooseMicrophone(deviceId) {
  localStorage.setItem(MICROPHONE, deviceId);
}

/** A device id; "" is the system's own. */
export function chosenSpeaker() {
  return localStorage.getItem(SPEAKER) ?? "";
}

/** @param {string} deviceId */
export function chooseSpeaker(deviceId) {
  localStorage.setItem(SPEAKER, deviceId);
}

/** From 0 to 1. */
export function chosenVolume() {
  return Number(localStorage.getItem(VOLUME) ?? 1);
}

/** @param {number} volume  from 0 to 1 */
export function chooseVolume(volume) {
  localStorage.setItem(VOLUME, String(volume));
}
