/** The server's JSON routes. Every failure leaves as a `Problem`. */

import { problem, problemOfAnswer, toProblem } from "./errors.js";
import { Patience } from "./patience.js";

/** @typedef {import("./types.js").SessionAnswer} SessionAnswer */

/** Whose page this is, though somebody else may sign in in this browser. Tests of pure modules have no page. */
export const person = globalThis.document?.getElementById("call")?.dataset.person ?? "";

/** Milliseconds. A dead upstream is told within ten seconds, and the server itself gives up after nine. */
const PATIENCE = 9_600;

/** The same for the next sound of a speech that has to follow the one before, milliseconds. */
const SPEECH_PATIENCE = 8_000;

/** A tool may take ten seconds on the server, milliseconds. */
const TOOL_PATIENCE = 15_000;

/** So long may it take to write down an utterance, milliseconds. */
const TRANSCRIPTION_PATIENCE = 20_000;

/**
 * Ask for a key and the address of a call.
 * @param {{mode?: string, conversation_id?: string|null, transport?: string}} wishes
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
 * @param {AbortSignal} signal  nobody waits for the answer any more
 * @returns {Promise<{sdp: string, knowsSession: boolean}>} some servers take an offer only, and have to be told the session first of all
 */
export async function postOffer({ calls_url, client_secret }, sdp, signal) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/sdp" };
  if (client_secret) headers.Authorization = `Bearer ${client_secret.value}`;
  const response = await send("POST", calls_url, { body: sdp, headers, signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) });
  return { sdp: await response.text(), knowsSession: response.headers.get("Vivavoce-Session") !== "untold" };
}

/**
 * @param {string} callId
 * @param {{state: string, stats?: object}} report
 * @returns {Promise<{ends_at: unknown, seconds_left: number|null} & import("./types.js").Tally>}
 */
export async function sendHeartbeat(callId, report) {
  const response = await send("POST", `/api/realtime/calls/${encodeURIComponent(callId)}/heartbeat`, { json: report });
  return response.json();
}

/**
 * Hand on what the provider told of use; works while the page goes away.
 * @param {string} callId
 * @param {import("./types.js").RealtimeEvent[]} events
 * @returns {Promise<import("./types.js").Tally>}
 */
export async function sendUsage(callId, events) {
  const response = await send("POST", `/api/realtime/calls/${encodeURIComponent(callId)}/usage`, { json: { events }, keepalive: true });
  return response.json();
}

/** Tell the server that a call is over; works while the page goes away. @param {string} callId */
export async function hangUp(callId) {
  await send("DELETE", `/api/realtime/calls/${encodeURIComponent(callId)}`, { keepalive: true });
}

/** How many minutes one may still talk today. @returns {Promise<number>} */
export async function fetchMinutesLeft() {
  const response = await send("GET", "/api/realtime/standing");
  return (await response.json()).minutes_left_today;
}

/** Begin a conversation for words that no call has given one. @returns {Promise<string>} its id */
export async function beginConversation() {
  const response = await send("POST", "/conversations", { json: {}, headers: { Accept: "application/json" } });
  return (await response.json()).conversation_id;
}

/** How it went: waiting times, or a failure that the server cannot know of. @param {object} report */
export async function sendReport(report) {
  await send("POST", "/api/reports", { json: report, keepalive: true });
}

/**
 * Store a turn; storing it again changes it.
 * @param {string} conversationId
 * @param {import("./call/shelf.js").Words} turn
 * @param {import("./call/outbox.js").Origin & {keepalive?: boolean}} how
 * @returns {Promise<string>} the turn as the server renders it, HTML
 */
export async function postTurn(conversationId, turn, { mode, provider, sound, keepalive = false }) {
  const { itemId: item_id, role, text, interrupted } = turn;
  const { startedAt, endedAt } = turn;
  // A clock that was put back meanwhile would end it before it began, and such a turn is refused.
  const [started_at, ended_at] = [startedAt, endedAt && Math.max(startedAt, endedAt)].map((time) => (time ? new Date(time).toISOString() : null));
  const json = { item_id, role, text, interrupted, mode, provider, sound, started_at, ended_at };
  const headers = { Accept: "text/html", "HX-Request": "true" };
  const response = await send("POST", `/conversations/${encodeURIComponent(conversationId)}/turns`, { json, headers, keepalive });
  return response.text();
}

/** @param {string} conversationId @returns {Promise<string>} its page, HTML */
export async function fetchConversation(conversationId) {
  const response = await send("GET", `/conversations/${encodeURIComponent(conversationId)}`, { headers: { Accept: "text/html" } });
  return response.text();
}

/** Withdraw a stored turn; one that is not there is withdrawn already. @param {string} conversationId @param {string} itemId */
export async function deleteTurn(conversationId, itemId) {
  const url = `/conversations/${encodeURIComponent(conversationId)}/turns/${encodeURIComponent(itemId)}`;
  await send("DELETE", url, { keepalive: true, headers: { Accept: "application/json" } });
}

/**
 * Run what the model called.
 * @param {string} name
 * @param {{call_id: string, arguments: string, approved?: boolean}} call  of ours, not the provider's id
 * @returns {Promise<{output: string, failed: boolean}>}
 */
export async function runTool(name, call) {
  const json = { ...call, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  const signal = AbortSignal.timeout(TOOL_PATIENCE);
  const response = await send("POST", `/api/realtime/tools/${encodeURIComponent(name)}`, { json, signal });
  return response.json();
}

/**
 * @param {Record<string, unknown>} changes  settings by name
 * @returns {Promise<Record<string, unknown>>} all settings
 */
export async function saveSettings(changes) {
  const response = await send("POST", "/settings", { json: changes, headers: { Accept: "application/json" } });
  return response.json();
}

/**
 * The sound of a text while it is made: 24 kHz, mono, signed 16-bit, little endian.
 * The stream may last as long as it likes, but it fails where nothing comes for some seconds.
 * @param {{text: string, voice?: string|null, speed?: number|null, language?: string|null}} wish  null: as in the user's settings
 * @param {AbortSignal} signal  ends the stream too
 * @param {() => void} [stoodIn]  another voice than the usual one speaks, since that failed
 * @returns {Promise<ReadableStream<Uint8Array>>} empty where nothing of the text can be spoken
 */
export async function fetchSpeech(wish, signal, stoodIn) {
  const patience = new Patience(SPEECH_PATIENCE);
  const json = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== null));
  const both = AbortSignal.any([signal, patience.signal]);
  const response = await patience.during(send("POST", "/api/realtime/tts", { json, signal: both }));
  if (response.headers.has("Vivavoce-Voice")) stoodIn?.();
  return patience.over(response.body ?? new Blob().stream());
}

/**
 * @param {Blob} sound  with its type, such as audio/wav
 * @param {{language?: string|null, signal?: AbortSignal}} [how]
 * @returns {Promise<{text: string, language: string|null, seconds: number}>}
 */
export async function transcribe(sound, { language = null, signal } = {}) {
  const url = `/api/realtime/transcriptions${language ? `?language=${encodeURIComponent(language)}` : ""}`;
  const late = AbortSignal.timeout(TRANSCRIPTION_PATIENCE);
  const headers = { "Content-Type": sound.type };
  const response = await send("POST", url, { body: sound, headers, signal: signal ? AbortSignal.any([signal, late]) : late });
  return response.json();
}

/**
 * @param {string} method
 * @param {string} url
 * @param {{json?: unknown, body?: string|Blob, headers?: Record<string, string>, keepalive?: boolean, signal?: AbortSignal}} [what]
 */
async function send(method, url, { json, body, headers = {}, keepalive = false, signal = AbortSignal.timeout(PATIENCE) } = {}) {
  const isJson = json !== undefined;
  if (isJson) headers["Content-Type"] = "application/json";
  if (person) headers["Vivavoce-Person"] = person;
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { method, keepalive, headers, body: isJson ? JSON.stringify(json) : body, signal });
    if (response.ok && !response.redirected) return response;
  } catch (error) {
    throw toProblem(error);
  }
  // Only those who are signed out are led elsewhere, and a page answers none of these requests.
  if (response.redirected) throw problem("sign-in-needed", { status: 401 });
  throw problemOfAnswer(response.status, await response.text().catch(() => ""), response.headers.get("Retry-After"));
}
