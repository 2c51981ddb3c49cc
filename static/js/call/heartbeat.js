/** Tells the server that somebody is still there; a call without it is ended by the server. */

import { sendHeartbeat } from "../api.js";
import { Problem, problem } from "../errors.js";

/** Milliseconds. */
const PERIOD = 15_000;

/** The person is told when less than this is left, seconds. */
const SOON = 60;

/**
 * @param {string} callId
 * @param {() => Promise<{state: string, stats?: object}>} report
 * @param {{ended: (why: Problem) => void, soon: (what: Problem) => void, beat: (tally: import("../types.js").Tally) => void}} events
 * @returns {() => void} stops it
 */
export function startHeartbeat(callId, report, events) {
  let isTold = false;
  const timer = setInterval(beat, PERIOD);

  async function beat() {
    try {
      const pulse = await sendHeartbeat(callId, await report());
      const { seconds_left } = pulse;
      events.beat(pulse);
      if (isTold || seconds_left === null || seconds_left > SOON) return;
      isTold = true;
      events.soon(problem("ending-soon"));
    } catch (error) {
      // Anything else is the server's trouble, not the call's: the voice does not pass it.
      if (error instanceof Problem && error.status === 410) events.ended(error);
    }
  }

  return () => clearInterval(timer);
}
