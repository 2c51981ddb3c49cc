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
 * @property {string} itemId      how the page and the server call it, for good
 * @property {string} providerId  how the provider calls it now; a correction of its history gives it another one
 * @property {"user"|"assistant"} role
 * @property {string} text        what was said; of an interrupted reply what was heard
 * @property {number} startedAt   milliseconds since the epoch
 * @property {number|null} endedAt  the same; null: nothing told of its end
 * @property {boolean} final
 * @property {boolean} interrupted
 * @property {boolean} stored     came from the server, so it need not be sent there
 * @property {Clause[]} clauses   of a reply; empty otherwise
 * @property {string|null} responseId
 * @property {number|null} playingSince  milliseconds since the epoch; null unless its sound is playing
 * @property {number|null} playingUntil  as far as the sound is known to go on, milliseconds since the epoch; null: to its end
 * @property {string|null} previousId    the item it follows, where the provider said so
 *
 * @typedef {object} Dialogue  what the events so far amount to (reducer.js)
 * @property {Turn[]} turns            in the order in which they began
 * @property {boolean} sessionReady
 * @property {boolean} userSpeaking
 * @property {boolean} isTalking          the talk button is pressed
 * @property {boolean} isWorking          a tool is at work, and its output awaited
 * @property {number|null} awaitingSince  when a reply became due, milliseconds since the epoch
 * @property {string|null} responseId     the reply being written
 * @property {string|null} playingId      the reply being heard
 * @property {string|null} voicedId       the reply whose text our own voice speaks, until it was heard
 * @property {boolean} hasPlaybackEvents  whether it is told when sound starts and stops
 * @property {string|null} pendingId      the spoken item that is not committed yet
 * @property {string[]} asideIds          replies and items outside the conversation, or taken out of it
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
 * @property {string|null} relay_url  of a call over a WebSocket
 * @property {Record<string, unknown>} session  as it was asked for, or as the provider understood it
 * @property {RTCIceServer[]} ice_servers
 * @property {{name: string, title: string, needs_approval: boolean}[]} [tools]  that the model may call
 * @property {{call_seconds: number, ends_at: string|number|null, minutes_left_today: number|null}} limits
 *
 * @typedef {object} Tally  what a call has cost, and what becomes of it
 * @property {number|null} cost_usd  null: a price is not known
 * @property {{share: number}|null} budget  told when most of the day's money is used up
 * @property {"text"|"engine"|"end"|null} landing  with what the call goes on when all of it is
 * @property {Record<string, number|null>} [turns]  dollars by item id
 *
 * @typedef {object} SessionWishes  what is to be other than in the person's settings
 * @property {string} [voice]         in the mode in which the call begins
 * @property {string} [language]      ISO-639-1
 * @property {string} [instructions]  in place of the character's
 * @property {string} [model]
 *
 * @typedef {CallPlan & SessionWishes} CallOptions
 *
 * @typedef {object} CallPlan
 * @property {string|null} [conversationId]  the stored conversation to go on with
 * @property {Turn[]} [history]       its turns
 * @property {string} [mode]
 * @property {Partial<PageSettings>} [settings]
 * @property {boolean} [microphone]   false: a typed call, nobody is asked for the microphone
 * @property {boolean} [muted]
 * @property {import("./call/key_ring.js").KeyRing} [keys]  keys minted ahead of the click
 * @property {number} [clickedAt]     performance.now() of the click
 * @property {RTCIceServer[]} [iceServers]
 *
 * @typedef {object} PageSettings  what the page must know of the person's settings
 * @property {string|null} mode
 * @property {"open"|"hold"|"tap"} talk  when the microphone is listened to: always, or while the talk button is pressed
 * @property {string} talk_key
 * @property {"listen"|"pause"} echo     while our own voice sounds: go on listening, or not
 * @property {string} captions
 * @property {string|null} language      ISO-639-1; null: not said
 * @property {string|null} voice_text
 * @property {number} speed
 * @property {boolean} greeting          the assistant speaks first
 * @property {import("./call/lines.js").Transport} transport
 *
 * @typedef {Partial<PageSettings> & {session?: Record<string, any>, [name: string]: unknown}} SettingChanges
 *   `session`: the same for the provider, where it can be changed in a live session
 *
 * @typedef {object} ModeHost  what a mode has of its call
 * @property {import("./call/conversation.js").Conversation} conversation
 * @property {import("./audio/sound.js").Sound} sound
 * @property {PageSettings} settings     as they are now
 * @property {(event: RealtimeEvent) => boolean} send
 * @property {() => void} change         of who hears
 * @property {(what: import("./errors.js").Problem) => void} notice
 * @property {(light: Light) => void} light  of the sound
 *
 * @typedef {object} Mode  what becomes of the microphone, and how an answer becomes sound (modes/)
 * @property {string} name
 * @property {"browser"|"device"|"server"|null} hearing  who writes down what is said; null: the provider
 * @property {"browser"|"device"|"server"|"stand-in"|"none"|null} voicing  who speaks the answer; "none": it is to be read; null: the provider
 * @property {() => void} begin          the session listens, for the first time or again
 * @property {() => void} listen         there is a microphone, or another one
 * @property {(stream: MediaStream) => void} play  the provider's sound
 * @property {(event: RealtimeEvent) => void} hear  an event of the provider, once the dialogue knows it
 * @property {() => void} yield          the person takes the word by typing
 * @property {() => void} interrupt      silence the reply, keep what was heard of it
 * @property {() => void} press          the talk button
 * @property {() => void} release
 * @property {(isMuted: boolean) => void} mute
 * @property {(changes: SettingChanges) => void} apply  settings that changed; the host has them already
 * @property {() => void} lose           the session is gone
 * @property {() => void} stop           for good
 *
 * @typedef {object} ToolCall
 * @property {string} id          the provider's call id
 * @property {string} itemId      of the call
 * @property {string|null} outputId  of the item that holds its output; null: there is none yet
 * @property {string} responseId  the reply that called
 * @property {string} name
 * @property {string} title       for people
 * @property {string} arguments   JSON, as the model wrote it
 * @property {"approval"|"running"|"done"|"failed"|"refused"|"lost"|"withdrawn"} state
 * @property {string} output
 * @property {number} startedAt   milliseconds since the epoch
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
