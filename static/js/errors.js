/** Failures in words: what happened, what to do. One sentence each; details go to the event log. */

/**
 * Something the person should know.
 * `action` names the button that helps: "retry" calls again, "hear" plays the sound, "reload" loads the page anew.
 */
export class Problem extends Error {
  /**
   * @param {string} code  stable, kebab-case
   * @param {string} message  what happened and what to do
   * @param {{action?: "retry"|"hear"|"reload"|null, title?: string, retryAfterMs?: number|null, status?: number}} [more]
   */
  constructor(code, message, { action = null, title = "Something is in the way", retryAfterMs = null, status = 0 } = {}) {
    super(message);
    this.code = code;
    this.action = action;
    this.title = title;
    this.retryAfterMs = retryAfterMs;
    this.status = status;
  }
}

/** @type {Record<string, [title: string, message: string, action: "retry"|"hear"|"reload"|null]>} */
const SENTENCES = {
  "insecure-origin": ["This address is not secure", "Browsers give the microphone only to https pages and to localhost. Open this page by its https address; typing works here.", null],
  "microphone-denied": ["Microphone blocked", "The microphone is blocked for this site. Open the lock icon and allow it, then tap again. Typing works without it.", "retry"],
  "microphone-missing": ["No microphone found", "No microphone is connected. Plug one in and tap again, or type.", "retry"],
  "microphone-busy": ["Microphone in use", "Another program holds the microphone. Close it there and tap again, or type.", "retry"],
  "microphone-lost": ["Microphone gone", "The microphone was unplugged or taken away. It is picked up again when it returns; typing goes on.", null],
  "microphone-silent": ["No sound from the microphone", "The microphone gives no sound at all. Choose another one, or look for a switch on it.", null],
  "microphone-unsupported": ["No microphone here", "This browser offers no microphone to web pages. Typing works.", null],
  "autoplay-refused": ["Sound is waiting", "The browser waits for a tap before it plays sound.", "hear"],
  "offline": ["No network", "This device is offline. Once the network is back, tap again.", "retry"],
  "server-unreachable": ["Server not reached", "The server does not answer. See that it runs and the network is up, then tap again.", "retry"],
  "server-stopping": ["Restarting", "The server is restarting. Tap again in a few seconds.", "retry"],
  "server-failed": ["The server stumbled", "The server could not do that. Tap to try again.", "retry"],
  "engine-starting": ["Getting ready", "The engine is loading its models. The call starts by itself in a moment.", null],
  "lines-busy": ["All lines are busy", "All lines are busy. Running calls keep their quality; tap again in a minute.", "retry"],
  "too-many-requests": ["Too many tries", "That was too often in a short time. Wait a moment, then tap again.", "retry"],
  "call-ended": ["The call is over", "The time for one call is used up. Tap to go on in a new one.", "retry"],
  "key-refused": ["Key too old", "The key of this call was refused. Tap to try again with a new one.", "retry"],
  "sign-in-needed": ["Signed out", "You are signed out here. Load the page again to sign in.", "reload"],
  "no-user": ["Page too old", "This page was open too long. Load it again.", "reload"],
  "daily-minutes-used": ["No minutes left today", "Today’s minutes are used up. Talking works again tomorrow.", null],
  "provider-refused": ["Key refused", "The provider refused the server’s key. Whoever runs this server finds the reason in its log.", "retry"],
  "provider-forbidden": ["Not allowed", "The provider does not let this server do that. Whoever runs it finds the reason in its log.", "retry"],
  "model-unknown": ["No such model", "The provider does not have the model that this server names. Whoever runs it finds the reason in its log.", "retry"],
  "line-failed": ["No line", "The sound could not get through to the provider; a firewall may block it. Try another network, then tap again.", "retry"],
  "moved-to-relay": ["Through this server now", "WebRTC does not get through here, so the call goes through this server. To skip the wait, choose the relay in the settings under Connection.", null],
  "connection-lost": ["Connection lost", "The connection was lost and did not come back. What was said is kept; tap to go on.", "retry"],
  "provider-ended": ["Ended by the provider", "The provider ended the call. What was said is kept; tap to go on.", "retry"],
  "session-expired": ["Session over", "The provider ended this session. Tap to go on.", "retry"],
  "rate-limited": ["Too fast for the provider", "The provider asks for a pause. Wait a little, then say it again.", null],
  "quota-used": ["Quota used up", "The provider’s quota for this server is used up. Whoever runs it can raise it.", null],
  "content-filter": ["Not answered", "The provider’s content filter stopped this answer. Say it another way.", null],
  "reply-failed": ["No answer", "This answer did not come about. Say it again.", null],
  "recognizer-changed": ["Heard by the server now", "The browser cannot write down your words here, so this server does from now on. Go on talking.", null],
  "recognizer-denied": ["Heard by the server now", "The browser may not write down your words on this site, so this server does from now on. Go on talking.", null],
  "transcription-failed": ["Not understood", "Your words could not be written down. Say them again, or type.", null],
  "speech-changed": ["Another voice", "The server’s voice failed, so the browser’s own voice goes on. The next answer tries the server again.", null],
  "speech-stood-in": ["Another voice", "The usual voice cannot be had now, so another one of this server goes on until it can.", null],
  "speech-failed": ["No voice", "This answer cannot be spoken. Read it here; the next one is tried again.", null],
  "speech-off": ["No voice on this server", "This server speaks no answers. The browser’s own voice does, or you read them.", null],
  "mode-unavailable": ["Mode not changed", "The other mode could not take over, so the talk goes on as before. Choose it again to retry.", null],
  "settings-failed": ["Not remembered", "The server did not take this choice, so all stays as before. Choose it again.", null],
  "turns-waiting": ["Not saved yet", "The server does not take the newest turns. They wait here and are sent again by themselves.", null],
  "turns-refused": ["Not saved", "Some words could not be saved: their conversation is gone, or they are too long. Copy them while you see them.", null],
  "ending-soon": ["Almost over", "Less than a minute is left in this call.", null],
  "unexpected": ["Something broke", "Something unexpected happened. Tap to try again; the event log has the details.", "retry"],
};

/** Other names for the same trouble: the server's problem codes and the provider's error codes. */
const SAME_AS = new Map(Object.entries({
  "provider-busy": "lines-busy", "provider-unavailable": "server-failed", "storage-unavailable": "server-failed", "rate_limit_exceeded": "rate-limited", "insufficient_quota": "quota-used",
  "content_filter": "content-filter", "session_expired": "session-expired", "invalid_api_key": "provider-refused",
}));

/** For these, the server has the exact advice: what to set for this provider. Ours is for an event that brings no words. */
const ADVISED = new Set(["provider-refused", "provider-forbidden", "model-unknown", "quota-used", "provider-busy", "call-ended"]);

/** Codes of getUserMedia. Source: https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
const MICROPHONE_ERRORS = new Map(Object.entries({
  NotAllowedError: "microphone-denied", SecurityError: "microphone-denied", NotFoundError: "microphone-missing",
  OverconstrainedError: "microphone-missing", NotReadableError: "microphone-busy", AbortError: "microphone-busy",
}));

/** @param {string} code @param {{retryAfterMs?: number|null, status?: number}} [more] */
export function problem(code, more = {}) {
  const [title, message, action] = SENTENCES[code] ?? SENTENCES.unexpected ?? ["", "", null];
  return new Problem(code, message, { title, action, ...more });
}

/** Every code that has a sentence. */
export const problemCodes = Object.keys(SENTENCES);

/**
 * Whatever was thrown, as a problem.
 * @param {unknown} error
 * @returns {Problem}
 */
export function toProblem(error) {
  if (error instanceof Problem) return error;
  if (globalThis.navigator?.onLine === false) return problem("offline");
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "TypeError" || name === "TimeoutError") return problem("server-unreachable");
  return problem("unexpected");
}

/** @param {unknown} error  thrown by getUserMedia @returns {Problem} */
export function toMicrophoneProblem(error) {
  if (error instanceof Problem) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  return problem(MICROPHONE_ERRORS.get(name) ?? "microphone-busy");
}

/**
 * An answer that is no success: problem+json of the server, or the provider's own error.
 * @param {number} status
 * @param {string} text  its body; parsed whatever its content type says
 * @param {string|null} [retryAfter]  the header, seconds
 * @returns {Problem}
 */
export function problemOfAnswer(status, text, retryAfter = null) {
  const body = parseObject(text);
  const seconds = Number.parseFloat(retryAfter ?? "");
  const more = { status, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null };
  const given = String(body.code ?? body.error?.code ?? "");
  const code = SAME_AS.get(given) ?? given;
  if (ADVISED.has(given) && typeof body.detail === "string" && body.detail) {
    const { title, action } = problem(code);
    return new Problem(code, body.detail, { title, action, ...more });
  }
  if (code in SENTENCES) return problem(code, more);
  if (status < 500 && typeof body.detail === "string" && body.detail) {
    return new Problem(code || "refused", body.detail, { title: body.title, action: "retry", ...more });
  }
  return problem(codeOfStatus(status), more);
}

/**
 * An `error` event, or the error of a failed reply.
 * @param {{code?: string, type?: string, message?: string}} [error]
 * @returns {Problem}
 */
export function problemOfEvent(error = {}) {
  const given = error.code ?? error.type ?? "";
  const code = SAME_AS.get(given) ?? given;
  if (code in SENTENCES) return problem(code);
  return new Problem(given || "reply-failed", error.message || "This answer did not come about. Say it again.", { title: "No answer" });
}

/** @param {number} status */
function codeOfStatus(status) {
  if (status === 429) return "too-many-requests";
  if (status === 401 || status === 403) return "provider-refused";
  return status === 503 ? "lines-busy" : "server-failed";
}

/** @param {string} text @returns {Record<string, any>} */
function parseObject(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
