/** What is new in the results of a recogniser's session. Pure. */

/** @typedef {{text: string, isFinal: boolean}} Result */

export class Results {
  /** @type {Result[]} */
  #newest = [];
  /** How many results from the first on are done with. */
  #done = 0;
  /** What was taken of the first result that is not done. */
  #taken = "";

  /**
   * The list grows and may shrink; final results do not change.
   * @param {Result[]} results  all of the session
   * @returns {{final: string, interim: string}}  words that became final since the last time; words that may still change
   */
  read(results) {
    this.#newest = results;
    let final = "";
    while (results[this.#done]?.isFinal) {
      final = joined(final, this.#rest(this.#done));
      this.#done += 1;
      this.#taken = "";
    }
    return { final, interim: this.unfinished };
  }

  /** Words that may still change. */
  get unfinished() {
    let words = "";
    for (let index = this.#done; index < this.#newest.length; index += 1) words = joined(words, this.#rest(index));
    return words;
  }

  /** All words so far are done with, also those that may still change. */
  take() {
    if (this.#newest.length <= this.#done) return;
    // A recogniser grows its last result; those before it are as good as final.
    this.#done = this.#newest.length - 1;
    this.#taken = this.#newest.at(-1)?.text.trim() ?? "";
  }

  /** @param {number} index */
  #rest(index) {
    const text = this.#newest[index]?.text.trim() ?? "";
    if (index !== this.#done || !this.#taken) return text;
    if (text.startsWith(this.#taken)) return text.slice(this.#taken.length).trim();
    // It has changed its mind on the words: as many as were taken are left out.
    return text.split(/\s+/).slice(this.#taken.split(/\s+/).length).join(" ");
  }
}

/** @param {string} before @param {string} after */
export function joined(before, after) {
  return before && after ? `${before} ${after}` : before || after;
}
