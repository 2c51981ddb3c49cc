/**
 * Final turns, and withdrawn ones, on their way to the server: each is kept in this browser and sent again and again
 * until it is acknowledged. One outbox for the page, whatever number of calls; the order does not matter, since the
 * server sorts by the time at which a turn began, and the same turn twice is one turn there.
 */

/** @typedef {import("../types.js").Turn} Turn */
/** @typedef {import("./shelf.js").Kept} Kept */
/** @typedef {import("./shelf.js").Words} Words */
/** @typedef {{mode: string, provider: string, sound?: import("./sound_place.js").SoundPlace}} Origin  in which mode, whose call it was, and who had its sound */
/** @typedef {{thread: Thread, turn: Words, how: Origin, isWithdrawn: boolean, isFlushed: boolean, missed?: number, isResting?: boolean}} Job  missed: tries for which its conversation was not there */

/**
 * @typedef {object} ThreadEvents
 * @property {(turn: any, html: string) => void} stored  the turn as it was given, and as the server renders it
 * @property {(turn: any, error: unknown) => void} refused  for good
 * @property {() => void} late      the person should know that turns wait
 * @property {() => void} caughtUp  nothing waits any more
 */

/** Pauses between tries, milliseconds; the last one repeats. */
const PAUSES = [500, 1_000, 2_000, 5_000, 10_000];

/** Longer than this nobody waits because a server says so, milliseconds. */
const LONGEST_PAUSE = 60_000;

/** A cut often comes in two events; one POST is enough for both, milliseconds. */
const SETTLING = 120;

/** The person is told when turns have waited for so long, milliseconds. */
const TOLD_AFTER = 10_000;

/** What is wrong with the turn itself stays wrong. All else passes: the network, the server, a sign-in that ran out. */
const FINAL = new Set([400, 404, 410, 413, 415, 422]);

/** A conversation that was deleted may be brought back, for half a minute: tries, and milliseconds between them. */
const MISSING = 404;
const MISSING_TRIES = 9;
const MISSING_PAUSE = 5_000;

/** The turns of one conversation on one page; its id may come later than its first words. */
export class Thread {
  name = crypto.randomUUID();
  events;
  #outbox;
  #id;
  #beginning;

  /** @param {Outbox} outbox @param {string|null} id @param {ThreadEvents} events @param {(() => Promise<string>)|null} beginning  makes a conversation where nobody else will */
  constructor(outbox, id, events, beginning = null) {
    this.#outbox = outbox;
    this.#id = id;
    this.#beginning = beginning;
    this.events = events;
  }

  get id() {
    return this.#id;
  }

  set id(id) {
    if (id === this.#id) return;
    const jobs = this.#outbox.take(this);
    this.#id = id;
    for (const job of jobs) this.#outbox.put(job);
  }

  /** Whether its turns can be sent now. */
  get isOpen() {
    return this.#id !== null || this.#beginning !== null;
  }

  /** @returns {Promise<string>} its id */
  async begin() {
    if (this.#id === null && this.#beginning) this.id = await this.#beginning();
    return this.#id ?? "";
  }

  /** @param {Turn} turn  final; an earlier version of it that still waits is replaced @param {Origin} how */
  add(turn, how) {
    this.#outbox.put({ thread: this, turn, how, isWithdrawn: false, isFlushed: false });
  }

  /** @param {Turn} turn  to be forgotten, stored or not @param {Origin} how */
  withdraw(turn, how) {
    this.#outbox.put({ thread: this, turn, how, isWithdrawn: true, isFlushed: false });
  }
}

export class Outbox {
  #send;
  #shelf;
  /** @type {Map<string, Job>} */
  #jobs = new Map();
  #failures = 0;
  #timer = 0;
  #lateTimer = 0;
  #isBusy = false;

  /**
   * @param {(job: Job, keepalive: boolean) => Promise<string>} send  gives the turn as the server renders it
   * @param {Pick<import("./shelf.js").Shelf, "put"|"remove"|"inherit">} shelf
   */
  constructor(send, shelf) {
    this.#send = send;
    this.#shelf = shelf;
  }

  /**
   * @param {string|null} id  null until the server has given the conversation one
   * @param {Turn[]} history  what was said before; what still waits of it without an id belongs here now
   * @param {ThreadEvents} events
   */
  thread(id, history, events) {
    const thread = new Thread(this, id, events);
    const known = new Set(history.map(({ itemId }) => itemId));
    const waiting = [...this.#jobs.values()].filter((job) => job.thread.id === null && known.has(job.turn.itemId));
    for (const job of waiting) {
      this.#drop(job);
      this.put({ ...job, thread });
    }
    return thread;
  }

  /**
   * Send what earlier pages left.
   * @param {Omit<ThreadEvents, "stored"> & {stored: (words: Words, html: string, conversationId: string|null) => void}} events
   * @param {() => Promise<string>} beginning  makes a conversation for words that have none
   * @returns {Promise<Kept[]>} what they left, oldest first; some of it may still be sent by its own page
   */
  inherit(events, beginning) {
    return this.#shelf.inherit((kept) => {
      /** @type {Map<string, Thread>} */
      const threads = new Map();
      for (const { thread: name, conversationId, turn, how, isWithdrawn } of kept) {
        /** @type {Thread} */
        const thread = threads.get(name) ?? new Thread(this, conversationId, {
          ...events, stored: (stored, html) => events.stored(stored, html, thread.id),
        }, beginning);
        threads.set(name, thread);
        const job = { thread, turn, how, isWithdrawn, isFlushed: false };
        const isOutdated = this.#jobs.has(keyOf(job)); // it was changed on this page meanwhile
        if (!isOutdated) this.put(job);
      }
    });
  }

  /** @param {Job} job */
  put(job) {
    this.#jobs.set(keyOf(job), job);
    const { thread, turn: { itemId, role, text, startedAt, endedAt, interrupted }, how, isWithdrawn } = job;
    const turn = { itemId, role, text, startedAt, endedAt, interrupted };
    this.#shelf.put({ key: keyOf(job), thread: thread.name, conversationId: thread.id, turn, how, isWithdrawn });
    if (!this.#isBusy && !this.#timer) this.#wait(SETTLING);
  }

  /** Take out what waits of a thread. @param {Thread} thread @returns {Job[]} */
  take(thread) {
    const jobs = [...this.#jobs.values()].filter((job) => job.thread === thread);
    for (const job of jobs) this.#drop(job);
    return jobs;
  }

  /** The network is back: do not wait for the end of the pause. */
  hurry() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#wait(0);
  }

  /** The page goes away: send all that waits at once. Nobody hears the answers, so the shelf keeps it all for the next page. */
  flush() {
    for (const job of this.#jobs.values()) {
      if (job.thread.id === null || job.isFlushed) continue;
      job.isFlushed = true;
      this.#send(job, true).catch(() => {});
    }
  }

  /** @param {number} pause  milliseconds */
  #wait(pause) {
    this.#timer = window.setTimeout(() => { this.#timer = 0; this.#sendAll(); }, pause);
  }

  async #sendAll() {
    this.#isBusy = true;
    let pause = 0;
    try {
      for (let job = this.#next(); job && !pause; job = this.#next()) pause = await this.#sendOne(job);
    } finally {
      this.#isBusy = false;
      if (this.#next()) this.#wait(pause || SETTLING); // a listener that stumbles keeps no other turn
    }
  }

  /** @param {Job} job @returns {Promise<number>} milliseconds until anything is worth another try; 0: now */
  async #sendOne(job) {
    const { thread, turn, isWithdrawn } = job;
    const answer = await this.#send(job, false).then((html) => ({ html }), (error) => ({ error }));
    if ("error" in answer) {
      const { status = 0, retryAfterMs } = Object(answer.error);
      if (status === MISSING && this.#rest(job)) return 0;
      if (!FINAL.has(status)) return this.#despair(job, retryAfterMs ?? 0);
    }
    this.#cheerUp();
    if (this.#jobs.get(keyOf(job)) === job) this.#drop(job); // else it changed while it was sent
    if (!isWithdrawn && "error" in answer) thread.events.refused(turn, answer.error);
    if (!isWithdrawn && "html" in answer) thread.events.stored(turn, answer.html);
    if (![...this.#jobs.values()].some((each) => each.thread === thread)) thread.events.caughtUp();
    return 0;
  }

  /** The others go on meanwhile. @param {Job} job  whose conversation is not there @returns {boolean} false: it has rested often enough */
  #rest(job) {
    job.missed = (job.missed ?? 0) + 1;
    if (job.missed >= MISSING_TRIES) return false;
    job.isResting = true;
    window.setTimeout(() => {
      job.isResting = false;
      if (!this.#isBusy && !this.#timer) this.#wait(0);
    }, MISSING_PAUSE);
    return true;
  }

  /** @param {Job} job  that could not be sent @param {number} asked  by the server, milliseconds @returns {number} milliseconds */
  #despair(job, asked) {
    const key = keyOf(job);
    const newest = this.#jobs.get(key);
    // To the end of the queue: something that never gets through must not keep the others.
    if (this.#jobs.delete(key) && newest) this.#jobs.set(key, newest);
    this.#lateTimer ||= window.setTimeout(() => {
      for (const thread of new Set([...this.#jobs.values()].map((each) => each.thread))) thread.events.late();
    }, TOLD_AFTER);
    this.#failures += 1;
    const usual = PAUSES[Math.min(this.#failures, PAUSES.length) - 1] ?? 0;
    return Math.max(usual, Math.min(asked, LONGEST_PAUSE));
  }

  #cheerUp() {
    clearTimeout(this.#lateTimer);
    this.#lateTimer = 0;
    this.#failures = 0;
  }

  #next() {
    return [...this.#jobs.values()].find(({ thread, isResting }) => thread.isOpen && !isResting);
  }

  /** @param {Job} job */
  #drop(job) {
    this.#jobs.delete(keyOf(job));
    this.#shelf.remove(keyOf(job));
  }
}

/** @param {Job} job */
function keyOf({ thread, turn }) {
  return `${thread.id ?? thread.name}/${turn.itemId}`;
}
