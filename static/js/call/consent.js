/**
 * Whether the other side of a connection still answers the browser's connectivity checks.
 * A program that was killed says no goodbye, and browsers give such a connection up late (Chromium after eight seconds).
 * Source: https://www.rfc-editor.org/rfc/rfc7675 (consent freshness)
 */

/** Between two looks, milliseconds. */
const PERIOD = 1_000;

/** Checks are repeated at least every 2.5 seconds, so in this time some were sent again, milliseconds. */
const PATIENCE = 4_500;

/** A lost packet or two are no silence. */
const UNANSWERED = 3;

/** @typedef {{at: number, received: number, checks: number}} Sign  of life: when, how much had come in, how many checks had gone out */

/**
 * Pure: what one more look at the figures says.
 * @param {Sign|null} last  the last sign of life
 * @param {Sign} now
 * @returns {{sign: Sign, isSilent: boolean}}
 */
export function judge(last, now) {
  if (!last || now.received !== last.received) return { sign: now, isSilent: false };
  // A browser that does not count its checks is never called silent; its own judgement has to do.
  const isSilent = now.at - last.at >= PATIENCE && now.checks - last.checks >= UNANSWERED;
  return { sign: last, isSilent };
}

/**
 * @param {RTCPeerConnection} peer
 * @param {() => void} onSilence  once
 * @returns {() => void} stops it
 */
export function watchConsent(peer, onSilence) {
  /** @type {Sign|null} */
  let last = null;
  const timer = setInterval(async () => {
    const { sign, isSilent } = judge(last, signIn(await peer.getStats()));
    last = sign;
    if (!isSilent) return;
    clearInterval(timer);
    onSilence();
  }, PERIOD);
  return () => clearInterval(timer);
}

/** All routes together: which of them is used may change, and a packet on any is a sign of life. @param {RTCStatsReport} stats @returns {Sign} */
function signIn(stats) {
  const sign = { at: performance.now(), received: 0, checks: 0 };
  for (const report of stats.values()) {
    if (report.type !== "candidate-pair") continue;
    sign.received += (report.bytesReceived ?? 0) + (report.requestsReceived ?? 0) + (report.responsesReceived ?? 0);
    sign.checks += report.requestsSent ?? 0;
  }
  return sign;
}
