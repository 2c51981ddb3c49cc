/** Which line a call gets: WebRTC, the relay, or both at once. */

import { RacingLine } from "./racing.js";
import { WebRtcLine } from "./webrtc.js";
import { WebSocketLine } from "./websocket.js";

/** @typedef {import("../types.js").SessionAnswer} SessionAnswer */
/** @typedef {import("./webrtc.js").Direction} Direction */
/** @typedef {"auto"|"webrtc"|"websocket"} Transport  "auto": WebRTC, and the relay where that does not get through */
/** @typedef {WebRtcLine|WebSocketLine|RacingLine} Line */

/** A line that waits for its call: building the first one takes a browser a tenth of a second. @type {WebRtcLine|null} */
let spare = null;

/** @param {Transport} [wanted] @returns {Transport} what this browser can do of it */
export function possibleTransport(wanted = "auto") {
  return wanted === "auto" && !("RTCPeerConnection" in globalThis) ? "websocket" : wanted;
}

/**
 * What the server is asked for.
 * @template {object} W
 * @param {W} wishes
 * @param {Transport} transport
 * @returns {W & {transport: "webrtc"|"websocket"}}
 */
export function wishesOver(wishes, transport) {
  return { ...wishes, transport: transport === "websocket" ? transport : "webrtc" };
}

/** @param {RTCIceServer[]} iceServers @param {Direction} direction @param {Transport} transport */
export function prepareLine(iceServers, direction, transport) {
  if (transport === "websocket") return dropLine();
  if (spare?.direction !== direction) dropLine();
  spare ??= new WebRtcLine(iceServers, direction);
}

/**
 * @param {RTCIceServer[]} iceServers
 * @param {Direction} direction
 * @param {Transport} transport
 * @param {(beside: SessionAnswer) => Promise<SessionAnswer>} mint  prepares another call, over the relay
 * @returns {Line} with the prepared one, or a new one
 */
export function takeLine(iceServers, direction, transport, mint) {
  if (transport === "websocket") return new WebSocketLine(direction);
  prepareLine(iceServers, direction, transport);
  const line = /** @type {WebRtcLine} */ (spare);
  spare = null;
  return transport === "auto" ? new RacingLine(line, mint) : line;
}

/** Close the prepared one. */
export function dropLine() {
  spare?.close();
  spare = null;
}
