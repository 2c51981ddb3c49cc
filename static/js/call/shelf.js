/**
 * What waits to be sent, kept in this browser: it outlives the page, the tab and the browser.
 * Each page owns what it put here, and holds a lock as long as it lives; when it is gone, another page inherits.
 * Where a browser keeps nothing (some private windows), all of this does nothing.
 */

/** @typedef {Pick<import("../types.js").Turn, "itemId"|"role"|"text"|"startedAt"|"endedAt"|"interrupted">} Words */

/**
 * @typedef {object} Kept
 * @property {string} key     unique among those of its owner
 * @property {string} thread  what belongs to one conversation, also before that has an id
 * @property {string|null} conversationId
 * @property {Words} turn
 * @property {import("./outbox.js").Origin} how  it was said
 * @property {boolean} isWithdrawn
 */

/** @typedef {Kept & {owner: string, person: string, keptAt: number}} Labelled  keptAt: milliseconds since the epoch */

const DATABASE = "vivavoce";
const STORE = "unsent";

/** Whoever does not come back within a month does not miss it, and it should not lie here for ever, milliseconds. */
const LONGEST = 30 * 86_400_000;

export class Shelf {
  #owner = crypto.randomUUID();
  #person;
  /** @type {Promise<IDBDatabase>|null} */
  #database = null;

  /** @param {string} person  who speaks on this page: what others said in this browser stays untouched */
  constructor(person) {
    this.#person = person;
    globalThis.navigator?.locks?.request(lockOf(this.#owner), () => new Promise(() => {}));
  }

  /** Keep it, or its newer version. @param {Kept} kept */
  async put(kept) {
    const labelled = { ...kept, owner: this.#owner, person: this.#person, keptAt: Date.now() };
    await this.#ask("readwrite", (store) => store.put(labelled));
  }

  /** @param {string} key */
  async remove(key) {
    await this.#ask("readwrite", (store) => store.delete([this.#owner, key]));
  }

  /**
   * See what other pages left, and take it over: at once where they are gone, else when they go.
   * @param {(kept: Kept[]) => void} take  called for each page that is gone; puts what it takes
   * @returns {Promise<Kept[]>} all of it, oldest first, whether its page is gone or not
   */
  async inherit(take) {
    const found = await this.#ofOthers();
    for (const owner of new Set(found.map((each) => each.owner))) {
      whenGone(owner, async () => {
        const left = (await this.#ofOthers()).filter((each) => each.owner === owner);
        take(left);
        for (const { key } of left) await this.#ask("readwrite", (store) => store.delete([owner, key]));
      });
    }
    return found;
  }

  /** @returns {Promise<Labelled[]>} of this person */
  async #ofOthers() {
    /** @type {Labelled[]} */
    const all = (await this.#ask("readonly", (store) => store.getAll())) ?? [];
    const isOld = (/** @type {Labelled} */ { keptAt }) => Date.now() - keptAt > LONGEST;
    for (const { owner, key } of all.filter(isOld)) this.#ask("readwrite", (store) => store.delete([owner, key]));
    return all
      .filter((each) => each.person === this.#person && each.owner !== this.#owner && !isOld(each))
      .sort((one, other) => one.keptAt - other.keptAt);
  }

  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
   * @returns {Promise<T|null>} null: this browser keeps nothing
   */
  async #ask(mode, ask) {
    try {
      this.#database ??= open(() => { this.#database = null; });
      // Strict: what somebody said survives a loss of power, too.
      const transaction = (await this.#database).transaction(STORE, mode, { durability: "strict" });
      const request = ask(transaction.objectStore(STORE));
      const isOver = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      transaction.commit();
      await isOver;
      return request.result;
    } catch {
      this.#database = null;
      return null;
    }
  }
}

/** @param {() => void} closed  by the browser, as when the person clears what sites keep @returns {Promise<IDBDatabase>} */
function open(closed) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["owner", "key"] });
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onclose = closed;
      request.result.onversionchange = () => { request.result.close(); closed(); };
      resolve(request.result);
    };
  });
}

/** @param {string} owner @param {() => Promise<void>} act */
function whenGone(owner, act) {
  // Without locks, as on an insecure origin, a page that still lives may send the same: the server takes it once.
  if (navigator.locks) navigator.locks.request(lockOf(owner), act);
  else act();
}

/** @param {string} owner */
function lockOf(owner) {
  return `vivavoce.unsent.${owner}`;
}
