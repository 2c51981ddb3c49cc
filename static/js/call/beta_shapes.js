/**
 * Sessions and replies in the shape of the beta API become today's: some compatible servers still speak it. Pure.
 * Source: reference of the Realtime API, beta against general availability.
 */

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

/** @param {RealtimeEvent} event @returns {RealtimeEvent} */
export function inTodaysShape(event) {
  const { session, response } = event;
  const isOldSession = session && !session.audio && BETA_FIELDS.some((name) => name in session);
  const isOldReply = Array.isArray(response?.modalities) && !response.output_modalities;
  if (!isOldSession && !isOldReply) return event;
  return {
    ...event,
    ...(isOldSession && { session: todaysSession(session) }),
    ...(isOldReply && { response: { ...response, output_modalities: outputOf(response.modalities) } }),
  };
}

/** A session with one of these and without `audio` is of the beta. */
const BETA_FIELDS = ["modalities", "input_audio_format", "turn_detection", "voice"];

/** @param {Record<string, any>} session */
function todaysSession({ modalities, turn_detection, input_audio_transcription, voice, speed, ...same }) {
  return {
    type: "realtime",
    ...same,
    ...(Array.isArray(modalities) && { output_modalities: outputOf(modalities) }),
    audio: {
      input: { turn_detection, transcription: input_audio_transcription },
      output: { voice, ...(speed !== undefined && { speed }) },
    },
  };
}

/** @param {string[]} modalities  sound came with its text in the beta */
function outputOf(modalities) {
  return modalities.includes("audio") ? ["audio"] : ["text"];
}
