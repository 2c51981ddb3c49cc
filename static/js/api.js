/** The server's JSON routes. Every failure leaves as a `Problem`. */

import { problemOfAnswer, toProblem } from "./errors.js";
import { Patience } from "./patience.js";

/** @typedef {import("./types.js").SessionAnswer} SessionAnswer */
/** @typedef {import("./types.js").Turn} Turn */

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
 * @returns {Promise<{sdp: string, knowsSession: boolean}>} some servers take an offer only, and have to be told the session first of all
 */
export async function postOffer({ calls_url, client_secret }, sdp) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/sdp" };
  if (client_secret) headers.Authorization = `Bearer ${client_secret.value}`;
  const response = await send("POST", calls_url, { body: sdp, headers });
  return { sdp: await response.text(), knowsSession: response.headers.get("Vivavoce-Session") !== "untold" };
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

/** Withdraw a stored turn; one that is not there is withdrawn already. @param {string} conversationId @param {string} itemId */
export async function deleteTurn(conversationId, itemId) {
  const url = `/conversations/${encodeURIComponent(conversationId)}/turns/${encodeURIComponent(itemId)}`;
  await send("DELETE", url, { keepalive: true });
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
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { method, keepalive, headers, body: isJson ? JSON.stringify(json) : body, signal });
    if (response.ok) return response;
  } catch (error) {
    throw toProblem(error);
  }
  throw problemOfAnswer(response.status, await response.text().catch(() => ""), response.headers.get("Retry-After"));
}
