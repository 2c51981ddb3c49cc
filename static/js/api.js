/** The server's JSON routes. Every failure leaves as a `Problem`. */

import { problemOfAnswer, toProblem } from "./errors.js";

/** @typedef {import("./types.js").SessionAnswer} SessionAnswer */
/** @typedef {import("./types.js").Turn} Turn */

/** A dead upstream is told within this time, milliseconds. */
const PATIENCE = 10_000;

/**
 * Ask for a key and the address of a call.
 * @param {{mode?: string, conversation_id?: string|null}} wishes
 * @returns {Promise<{session: SessionAnswer, secondsValid: number}>} counted by the server's clock, ours may be wrong
 */
export async function mintSession(wishes) {
  const response = await send("POST", "/api/realtime/session", { json: wishes });
  const session = /** @type {SessionAnswer} */ (await response.json());
  const serverSeconds = Date.parse(response.headers.get("Date") ?? "") / 1000;
  const expiresAt = session.client_secret?.expires_at;
  const isCounted = expiresAt !== undefined && Number.isFinite(serverSeconds);
  return { session, secondsValid: isCounted ? expiresAt - serverSeconds : 60 };
}

/**
 * Exchange the offer for the answer.
 * @param {SessionAnswer} session
 * @param {string} sdp
 * @returns {Promise<string>} SDP
 */
export async function postOffer({ calls_url, client_secret }, sdp) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/sdp" };
  if (client_secret) headers.Authorization = `Bearer ${client_secret.value}`;
  const response = await send("POST", calls_url, { body: sdp, headers });
  return response.text();
}

/**
 * @param {string} callId
 * @param {{state: string, stats?: object}} report
 * @returns {Promise<{ends_at: unknown, seconds_left: number|null}>}
 */
export async function sendHeartbeat(callId, report) {
  const response = await send("POST", `/api/realtime/calls/${encodeURIComponent(callId)}/heartbeat`, { json: report });
  return response.json();
}

/** Tell the server that a call is over; works while the page goes away. @param {string} callId */
export async function hangUp(callId) {
  await send("DELETE", `/api/realtime/calls/${encodeURIComponent(callId)}`, { keepalive: true });
}

/**
 * Store a turn; storing it again changes it.
 * @param {string} conversationId
 * @param {Turn} turn
 * @param {{mode: string, provider: string, keepalive?: boolean}} how
 * @returns {Promise<string>} the turn as the server renders it, HTML
 */
export async function postTurn(conversationId, turn, { mode, provider, keepalive = false }) {
  const { itemId: item_id, role, text, interrupted } = turn;
  const json = { item_id, role, text, interrupted, mode, provider, started_at: new Date(turn.startedAt).toISOString() };
  const headers = { Accept: "text/html", "HX-Request": "true" };
  const response = await send("POST", `/conversations/${encodeURIComponent(conversationId)}/turns`, { json, headers, keepalive });
  return response.text();
}

/**
 * @param {string} method
 * @param {string} url
 * @param {{json?: unknown, body?: string, headers?: Record<string, string>, keepalive?: boolean}} [what]
 */
async function send(method, url, { json, body, headers = {}, keepalive = false } = {}) {
  const isJson = json !== undefined;
  if (isJson) headers["Content-Type"] = "application/json";
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, {
      method, keepalive, headers, body: isJson ? JSON.stringify(json) : body, signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return response;
  } catch (error) {
    throw toProblem(error);
  }
  throw problemOfAnswer(response.status, await response.text().catch(() => ""), response.headers.get("Retry-After"));
}
