/** The newest sound, addressed by its place in the stream; its memory is taken once and does not grow. Pure. */

export class SoundRing {
  /** Samples written since the beginning. */
  end = 0;
  #samples;

  /** @param {number} size  samples */
  constructor(size) {
    this.#samples = new Int16Array(size);
  }

  /** The oldest sample that is still there. */
  get begin() {
    return Math.max(0, this.end - this.#samples.length);
  }

  /** @param {Float32Array} samples  -1 to 1; fewer than the ring holds */
  write(samples) {
    for (const sample of samples) {
      this.#samples[this.end % this.#samples.length] = Math.max(-1, Math.min(1, sample)) * 32_767;
      this.end += 1;
    }
  }

  /** @param {number} from @param {number} to  places in the stream; what is not there is left out */
  copy(from, to) {
    const begin = Math.max(from, this.begin);
    const copy = new Int16Array(Math.max(0, Math.min(to, this.end) - begin));
    for (let index = 0; index < copy.length; index += 1) {
      copy[index] = this.#samples[(begin + index) % this.#samples.length] ?? 0;
    }
    return copy;
  }
}
