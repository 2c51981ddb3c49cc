/**
 * Changes of a live session, for servers that do not know all of its fields: what a server names as unknown is left out,
 * and the rest is asked for once more. Pure.
 */

/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */

/** One change is made smaller at most so often. */
const MOST_TRIES = 3;

/** Written down with the next of these where the model asked for is not there; null: not at all. */
const TRANSCRIPTION_MODELS = ["gpt-4o-mini-transcribe", null];

export class SessionUpdates {
  /** The newest, until it was taken. @type {RealtimeEvent|null} */
  #sent = null;
  #tries = 0;

  /** @param {RealtimeEvent} event  of ours @returns {RealtimeEvent} with an id by which its refusal is known */
  sending(event) {
    if (event.type !== "session.update") return event;
    this.#sent = { event_id: `update_${crypto.randomUUID()}`, ...event };
    this.#tries = 0;
    return this.#sent;
  }

  /** @param {RealtimeEvent} event  of the server @returns {RealtimeEvent|null} what to send instead of what it refused */
  hear({ type, error }) {
    if (type === "session.updated") this.#sent = null;
    if (type !== "error" || !this.#sent || this.#tries === MOST_TRIES) return null;
    if (error?.event_id ? error.event_id !== this.#sent.event_id : !String(error?.param ?? "").startsWith("session.")) return null;
    const session = smaller(this.#sent.session, error);
    if (!session) return null;
    this.#tries += 1;
    this.#sent = { ...this.#sent, session };
    return this.#sent;
  }
}

/** @param {Record<string, any>} session @param {{code?: string, param?: string}} error @returns {Record<string, any>|null} null: nothing can be done */
function smaller(session, { code, param = "" }) {
  const path = param.replace(/^session\./, "").split(".");
  if (code === "unknown_parameter" && param) {
    const rest = without(session, path);
    return rest && Object.keys(rest).some((name) => name !== "type") ? rest : null;
  }
  const asked = session.audio?.input?.transcription;
  if (!param.includes("transcription") || !asked) return null;
  const model = TRANSCRIPTION_MODELS[TRANSCRIPTION_MODELS.indexOf(asked.model) + 1];
  const transcription = model ? { ...asked, model } : null;
  return { ...session, audio: { ...session.audio, input: { ...session.audio.input, transcription } } };
}

/**
 * @param {Record<string, any>} from
 * @param {string[]} path
 * @returns {Record<string, any>|null} null: there is no such thing in it
 */
function without(from, [name = "", ...rest]) {
  if (!(name in from)) return null;
  const { [name]: named, ...others } = from;
  if (!rest.length || typeof named !== "object" || named === null) return others;
  const smallerPart = without(named, rest);
  if (!smallerPart) return null;
  return Object.keys(smallerPart).length ? { ...from, [name]: smallerPart } : others;
}
