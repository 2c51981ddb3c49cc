/**
 * Events in, state of the dialogue out. Pure: no DOM, no network, time is an argument.
 * Missing, repeated, late and unknown events leave a usable state behind.
 */

import { isHarmless } from "./events.js";
import { problemOfEvent } from "../errors.js";
import { PAGE_STEPS } from "./reducer_page.js";
import { REMEMBERED_IDS, beginTurn, change, cutAtHeard, endOf, isReplyOf, setAside, silence } from "./reducer_turns.js";
import { dropTurn, findTurn } from "./turn_list.js";

/** @typedef {import("../types.js").Dialogue} Dialogue */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").Turn} Turn */
/** @typedef {import("./reducer_turns.js").Step} Step */

/** @param {Turn[]} [turns]  of the conversation so far @returns {Dialogue} */
export function newDialogue(turns = []) {
  return {
    turns, sessionReady: false, userSpeaking: false, isTalking: false, isWorking: false, awaitingSince: null, responseId: null, playingId: null,
    voicedId: null, hasPlaybackEvents: false, pendingId: null, asideIds: [], recentIds: [], problem: null,
  };
}

/**
 * @param {Dialogue} dialogue
 * @param {RealtimeEvent} event  with today's name (events.js)
 * @param {number} now  milliseconds since the epoch
 * @returns {Dialogue}
 */
export function reduce(dialogue, event, now) {
  if (event.event_id && dialogue.recentIds.includes(event.event_id)) return dialogue;
  if (isAside(dialogue, event)) return event.item?.id ? setAside(dialogue, [event.item.id]) : dialogue;
  const recentIds = event.event_id ? [...dialogue.recentIds.slice(1 - REMEMBERED_IDS), event.event_id] : dialogue.recentIds;
  const step = STEPS[event.type];
  return step ? step({ ...dialogue, recentIds, problem: null }, event, now) : { ...dialogue, recentIds, problem: null };
}

/**
 * What is going on in an open call.
 * @param {Dialogue} dialogue
 * @returns {"listening"|"user-speaking"|"thinking"|"speaking"}
 */
export function activityOf({ turns, userSpeaking, isTalking, isWorking, playingId, voicedId, responseId, awaitingSince, hasPlaybackEvents }) {
  const last = turns.at(-1);
  if (userSpeaking || isTalking) return "user-speaking";
  if (playingId) return "speaking";
  const isReplyOpen = last?.role === "assistant" && !last.final;
  if (isReplyOpen && !hasPlaybackEvents && !voicedId && last.clauses.length) return "speaking";
  return responseId || awaitingSince !== null || isReplyOpen || isWorking ? "thinking" : "listening";
}

/** @type {Record<string, Step>} */
const STEPS = {
  ...PAGE_STEPS,
  "error": (d, event) => ({ ...d, problem: isHarmless(event) ? null : problemOfEvent(event.error) }),

  "input_audio_buffer.speech_started": (d, { item_id }, now) => {
    const unspoken = d.pendingId && d.pendingId !== item_id && !findTurn(d.turns, d.pendingId)?.text;
    const turns = unspoken && d.pendingId ? dropTurn(d.turns, d.pendingId) : d.turns;
    return { ...beginTurn({ ...d, turns }, item_id, "user", now), userSpeaking: true, pendingId: item_id ?? null };
  },
  "input_audio_buffer.speech_stopped": (d, { item_id = "" }, now) => ({
    ...change(d, item_id, { endedAt: now }), userSpeaking: false, awaitingSince: now,
  }),
  "input_audio_buffer.committed": (d, event, now) => ({
    ...beginTurn(settleReplies(d), event.item_id, "user", now, event.previous_item_id),
    userSpeaking: false, pendingId: null, awaitingSince: d.responseId ? d.awaitingSince : now,
  }),
  "input_audio_buffer.cleared": (d) => ({
    ...d, userSpeaking: false, pendingId: null, awaitingSince: null,
    turns: d.pendingId ? dropTurn(d.turns, d.pendingId) : d.turns,
  }),
  "conversation.item.input_audio_transcription.delta": (d, { item_id, delta = "", replace }, now) => {
    const begun = beginTurn(d, item_id, "user", now);
    const turn = findTurn(begun.turns, item_id);
    return !turn || turn.final ? begun : change(begun, item_id, { text: replace ? delta : turn.text + delta });
  },
  "conversation.item.input_audio_transcription.completed": (d, { item_id, transcript = "" }, now) => {
    if (findTurn(d.turns, item_id)?.final) return d;
    const text = transcript.trim();
    if (text) return change(beginTurn(d, item_id, "user", now), item_id, { text, final: true });
    return { ...d, turns: dropTurn(d.turns, item_id), awaitingSince: d.responseId ? d.awaitingSince : null };
  },
  "conversation.item.input_audio_transcription.failed": (d, { item_id }) => change(d, item_id, { final: true }),

  "conversation.item.added": addItem,
  // Nothing begins with its end: the row of a noise without words has gone by then.
  "conversation.item.done": (d, event, now) => (findTurn(d.turns, event.item?.id ?? "") ? addItem(d, event, now) : d),
  "conversation.item.deleted": (d, { item_id }) => ({ ...d, turns: dropTurn(d.turns, item_id) }),
  "conversation.item.truncated": (d, { item_id, audio_end_ms }) => cutAtHeard(d, findTurn(d.turns, item_id), audio_end_ms),

  "response.created": (d, { response }) => {
    // A reply outside the conversation (`conversation: "none"`) is the business of whoever asked for it.
    if (response?.conversation_id === null) return setAside(d, [response.id]);
    return { ...settleReplies(d), responseId: response?.id ?? "unknown", awaitingSince: null };
  },
  "response.output_item.added": (d, event, now) => addItem(d, event, now),
  "response.output_audio_transcript.delta": addWords,
  "response.output_text.delta": addWords,
  "response.output_audio_transcript.done": (d, event, now) => completeWords(d, event, event.transcript, now),
  "response.output_text.done": (d, event, now) => completeWords(d, event, event.text, now),
  "response.done": finishResponse,

  "output_audio_buffer.started": (d, { response_id }, now) => {
    const id = response_id ?? d.responseId ?? d.turns.findLast((turn) => turn.responseId)?.responseId ?? "unknown";
    const turns = d.turns.map((turn) => (isReplyOf(turn, id) ? { ...turn, playingSince: now, final: false } : turn));
    return { ...d, turns, playingId: id, hasPlaybackEvents: true };
  },
  "output_audio_buffer.stopped": (d, { response_id }, now) => ({
    ...endPlaying(d, response_id),
    turns: d.turns.map((turn) => (isReplyOf(turn, response_id) ? { ...turn, ...endOf(turn, now), playingSince: null, final: true } : turn)),
  }),
  "output_audio_buffer.cleared": (d, { response_id, late_ms = 0 }, now) => silence(endPlaying(d, response_id), response_id, now - late_ms),
};

/** @type {Step} */
function addItem(d, { item, previous_item_id, response_id }, now) {
  if (item?.type !== "message" || (item.role !== "user" && item.role !== "assistant")) return d;
  const begun = beginTurn(d, item.id, item.role, now, previous_item_id, response_id ?? d.responseId);
  const part = item.content?.[0];
  const text = part?.transcript ?? part?.text;
  const turn = findTurn(begun.turns, item.id);
  if (!text || !turn || turn.final || turn.text) return begun;
  if (item.role === "user") return change(begun, item.id, { text, final: part.type === "input_text" });
  return change(begun, item.id, { text, clauses: [{ text, startMs: null, endMs: null }] });
}

/** @type {Step} */
function addWords(d, { item_id, response_id, delta = "", audio_start_ms = null, audio_end_ms = null }, now) {
  const begun = beginTurn(d, item_id, "assistant", now, null, response_id);
  const turn = findTurn(begun.turns, item_id);
  if (!turn || turn.final || !delta) return begun;
  if (response_id === d.voicedId) return change(begun, item_id, { text: turn.text + delta }); // the voice tells its clauses
  const clauses = [...turn.clauses, { text: delta, startMs: audio_start_ms, endMs: audio_end_ms }];
  return change(begun, item_id, { clauses, text: turn.text + delta });
}

/** @param {Dialogue} d @param {RealtimeEvent} event @param {unknown} words @param {number} now @returns {Dialogue} */
function completeWords(d, { item_id, response_id }, words, now) {
  const begun = beginTurn(d, item_id, "assistant", now, null, response_id);
  const turn = findTurn(begun.turns, item_id);
  if (!turn || turn.interrupted || typeof words !== "string" || turn.text.startsWith(words)) return begun;
  if (response_id === d.voicedId) return change(begun, item_id, { text: words });
  const rest = { startMs: null, endMs: null };
  const clauses = words.startsWith(turn.text)
    ? [...turn.clauses, { text: words.slice(turn.text.length), ...rest }]
    : [{ text: words, ...rest }];
  return change(begun, item_id, { text: words, clauses });
}

/** @type {Step} */
function finishResponse(d, { response = {} }) {
  // The end of an older reply, told late, says nothing about the one that is being written now.
  const isCurrent = !response.id || !d.responseId || d.responseId === response.id || d.responseId === "unknown";
  const ended = isCurrent ? { ...d, responseId: null, awaitingSince: null } : d;
  const isCancelled = response.status === "cancelled";
  const turns = d.turns.flatMap((turn) => {
    if (!isReplyOf(turn, response.id) || turn.final || turn.playingSince !== null) return [turn];
    // Sound that was made but never played was heard by nobody; a reply without words was none.
    // Who tells when each clause sounds also tells when it is played, though maybe later than this.
    const isTimed = turn.clauses.some(({ startMs }) => startMs !== null);
    const isSound = response.id === d.voicedId || ((d.hasPlaybackEvents || isTimed) && !isTextOnly(response));
    if (!turn.text || (isCancelled && isSound)) return [];
    return [{ ...turn, interrupted: isCancelled, final: !isSound }];
  });
  const error = errorOf(response);
  return { ...ended, turns, problem: error && problemOfEvent(error) };
}

/** An answer may fail, or be stopped by a filter; one that is merely too long is one. @param {any} response */
function errorOf({ status, status_details: details }) {
  if (status === "incomplete" && details?.reason === "content_filter") return { code: details.reason };
  return status === "failed" ? details?.error ?? {} : null;
}

/** @param {Dialogue} d @param {string|undefined} responseId */
function endPlaying(d, responseId) {
  // A late "stopped" of an older reply says nothing about the one that plays now.
  const isCurrent = !responseId || d.playingId === responseId || d.playingId === "unknown";
  return { ...d, hasPlaybackEvents: true, playingId: isCurrent ? null : d.playingId };
}

/** Replies that never told of their end count as heard once the talk goes on. @param {Dialogue} d @returns {Dialogue} */
function settleReplies(d) {
  // What is named ahead of its reply has no words yet.
  const isOpen = (/** @type {Turn} */ turn) => turn.role === "assistant" && !turn.final && turn.playingSince === null
    && turn.responseId !== (d.voicedId ?? undefined) && (turn.responseId !== null || turn.text !== "");
  if (d.responseId || !d.turns.some(isOpen)) return d;
  return { ...d, turns: d.turns.map((turn) => (isOpen(turn) ? { ...turn, final: true } : turn)) };
}

/** @param {Dialogue} d @param {RealtimeEvent} event */
function isAside({ asideIds }, { type, response_id, response, item_id, item }) {
  if (type.startsWith("app.")) return false; // the page knows what it does
  return [response_id, response?.id, item_id, item?.id].some((id) => id && asideIds.includes(id));
}

/** @param {{output_modalities?: string[]}} response */
function isTextOnly({ output_modalities }) {
  return output_modalities?.length === 1 && output_modalities[0] === "text";
}
