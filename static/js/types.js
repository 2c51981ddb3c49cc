/**
 * The shapes that travel between modules. Types only; nothing here runs.
 *
 * @typedef {"idle"|"connecting"|"listening"|"user-speaking"|"thinking"|"speaking"|"reconnecting"|"ended"|"error"} CallState
 *
 * @typedef {{type: string, [field: string]: any}} RealtimeEvent  one message of the data channel
 *
 * @typedef {object} Clause  words of a reply and where their sound lies in the reply's sound
 * @property {string} text
 * @property {number|null} startMs
 * @property {number|null} endMs
 *
 * @typedef {object} Turn
 * @property {string} itemId
 * @property {"user"|"assistant"} role
 * @property {string} text        what was said; of an interrupted reply what was heard
 * @property {number} startedAt   milliseconds since the epoch
 * @property {boolean} final
 * @property {boolean} interrupted
 * @property {boolean} stored     came from the server, so it need not be sent there
 * @property {Clause[]} clauses   of a reply; empty otherwise
 * @property {string|null} responseId
 * @property {number|null} playingSince  milliseconds since the epoch; null unless its sound is playing
 * @property {string|null} previousId    the item it follows, where the provider said so
 *
 * @typedef {object} Dialogue  what the events so far amount to (reducer.js)
 * @property {Turn[]} turns            in the order in which they began
 * @property {boolean} sessionReady
 * @property {boolean} userSpeaking
 * @property {number|null} awaitingSince  when a reply became due, milliseconds since the epoch
 * @property {string|null} responseId     the reply being written
 * @property {string|null} playingId      the reply being heard
 * @property {boolean} hasPlaybackEvents  whether this provider tells when sound starts and stops
 * @property {string|null} pendingId      the spoken item that is not committed yet
 * @property {string[]} asideIds          replies outside the conversation
 * @property {string[]} recentIds         event ids, to notice an event that comes twice
 * @property {import("./errors.js").Problem|null} problem  of the newest event
 *
 * @typedef {object} SessionAnswer  of POST /api/realtime/session
 * @property {string} call_id
 * @property {string} conversation_id
 * @property {string} provider
 * @property {string} model
 * @property {string} mode
 * @property {{value: string, expires_at: number}|null} client_secret
 * @property {string} calls_url
 * @property {RTCIceServer[]} ice_servers
 * @property {{call_seconds: number, ends_at: string|number|null, minutes_left_today: number|null}} limits
 *
 * @typedef {object} CallOptions
 * @property {string|null} [conversationId]  the stored conversation to go on with
 * @property {Turn[]} [history]       its turns
 * @property {string} [mode]
 * @property {boolean} [microphone]   false: a typed call, nobody is asked for the microphone
 * @property {boolean} [muted]
 * @property {import("./call/key_ring.js").KeyRing} [keys]  keys minted ahead of the click
 * @property {number} [clickedAt]     performance.now() of the click
 *
 * @typedef {object} LogEntry
 * @property {number} at   milliseconds since the epoch
 * @property {"client"|"server"|"app"} direction
 * @property {string} type
 * @property {unknown} detail
 *
 * @typedef {"off"|"wait"|"on"|"lost"} Light
 */
export {};
