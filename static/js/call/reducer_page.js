/**
 * The page's own events: what is typed, what the page itself hears and says in text mode, corrections, the end of the line.
 * Pure; a part of reducer.js.
 */

import { beginTurn, change, changeReply, cutAtHeard, isReplyOf, setAside, silence } from "./reducer_turns.js";
import { addTurn, newTurn } from "./turn_list.js";

/** @typedef {import("../types.js").Dialogue} Dialogue */
/** @typedef {import("./reducer_turns.js").Step} Step */

/** The sound is taken to go on for so long without news of it, milliseconds. */
const GOOD_FOR = 300;

/** @type {Record<string, Step>} */
export const PAGE_STEPS = {
  "app.typed": (d, { item_id, text }, now) => ({
    ...d, awaitingSince: now, turns: addTurn(d.turns, newTurn({ itemId: item_id, role: "user", text, startedAt: now, final: true })),
  }),
  "app.asked": (d, _, now) => ({ ...d, awaitingSince: now }),
  "app.waited": (d) => ({ ...d, awaitingSince: null }),

  // The model waits for what it called.
  "app.tools.began": (d) => ({ ...d, isWorking: true }),
  "app.tools.ended": (d, { is_asked }, now) => ({ ...d, isWorking: false, awaitingSince: is_asked ? now : d.awaitingSince }),

  // The talk button.
  "app.pressed": (d) => ({ ...d, isTalking: true }),
  "app.released": (d, _, now) => ({ ...d, isTalking: false, awaitingSince: now }),

  // Somebody speaks, and the page has it written down. Who goes on speaking opens the turn again.
  "app.speech.began": (d, { item_id }, now) => ({
    ...beginTurn({ ...d, turns: reopen(d, item_id) }, item_id, "user", now), userSpeaking: true, awaitingSince: null,
  }),
  "app.speech.words": (d, { item_id, text }) => changeById(d, item_id, { text }),
  "app.speech.said": (d, { item_id, text, provider_id }, now) => {
    if (!text) return { ...d, userSpeaking: false, turns: d.turns.filter((turn) => turn.itemId !== item_id) };
    const isKnown = d.turns.some((turn) => turn.itemId === item_id); // a line that was lost takes wordless turns with it
    const heard = { ...(isKnown ? d : beginTurn(d, item_id, "user", now)), userSpeaking: false };
    return { ...changeById(heard, item_id, { text, final: true, ...(provider_id && { providerId: provider_id }) }), awaitingSince: now };
  },

  // The page's own voice speaks a reply.
  "app.voice.begun": (d, { response_id }) => ({ ...d, voicedId: response_id }),
  "app.voice.started": (d, { response_id }) => ({ ...d, playingId: response_id }),
  "app.voice.clauses": (d, { response_id, clauses }) => changeReply(d, response_id, { clauses }),
  "app.voice.position": (d, { response_id, ms }, now) =>
    (d.playingId === response_id ? changeReply(d, response_id, { playingSince: now - ms, playingUntil: now + GOOD_FOR, final: false }) : d),
  "app.voice.done": (d, { response_id }) => ({
    ...changeReply(d, response_id, { playingSince: null, playingUntil: null, final: true }), playingId: null, voicedId: null,
  }),
  // Nobody hears it, so it is to be read: it is final once it is written.
  "app.voice.failed": (d, { response_id }) => ({
    ...changeReply(d, response_id, { playingSince: null, playingUntil: null, final: d.responseId !== response_id }),
    playingId: null, voicedId: null,
  }),

  "app.reply.cut": cutReply,
  "app.revised": revise,
  "app.lost": (d, _, now) => {
    const quiet = silence(d, d.playingId, now);
    const isUnheard = (/** @type {import("../types.js").Turn} */ turn) => turn.role === "assistant" && !turn.final && d.hasPlaybackEvents;
    const turns = quiet.turns.filter((turn) => turn.text && !isUnheard(turn)).map((turn) =>
      turn.final ? turn : { ...turn, final: true, playingSince: null, interrupted: turn.role === "assistant" });
    return { ...d, turns, sessionReady: false, userSpeaking: false, isTalking: false, isWorking: false, awaitingSince: null, responseId: null,
      playingId: null, voicedId: null, pendingId: null, asideIds: [], recentIds: [] };
  },
};

/** A reply is over after `ms` of its sound; what the provider still tells of it is passed over. @type {Step} */
function cutReply(d, { response_id, ms, provider_id, is_asked }, now) {
  const replies = d.turns.filter((turn) => isReplyOf(turn, response_id));
  const cut = replies.reduce((sum, turn) => cutAtHeard(sum, turn, ms), d);
  const renamed = replies.reduce((sum, turn) => change(sum, turn.providerId, { providerId: provider_id }), cut);
  return setAside({
    ...renamed, awaitingSince: is_asked ? now : null, playingId: null, voicedId: null,
    responseId: d.responseId === response_id ? null : d.responseId,
  }, [response_id, ...replies.map((turn) => turn.providerId)]);
}

/** One's own words were others; what came after them is taken back. @type {Step} */
function revise(d, { item_id, text, provider_id }, now) {
  const index = d.turns.findIndex((turn) => turn.itemId === item_id);
  const turn = d.turns[index];
  if (!turn) return d;
  const gone = d.turns.slice(index + 1);
  const turns = [...d.turns.slice(0, index), { ...turn, text, providerId: provider_id, final: true, stored: false }];
  return setAside({
    ...d, turns, awaitingSince: now, userSpeaking: false, pendingId: null, responseId: null, playingId: null, voicedId: null,
  }, [d.responseId, d.playingId, d.voicedId, turn.providerId, ...gone.flatMap((each) => [each.providerId, each.responseId])]);
}

/** @param {Dialogue} d @param {string} itemId */
function reopen(d, itemId) {
  return d.turns.map((turn) => (turn.itemId === itemId ? { ...turn, final: false } : turn));
}

/** @param {Dialogue} d @param {string} itemId  ours @param {Partial<import("../types.js").Turn>} changes @returns {Dialogue} */
function changeById(d, itemId, changes) {
  return { ...d, turns: d.turns.map((turn) => (turn.itemId === itemId ? { ...turn, ...changes } : turn)) };
}
