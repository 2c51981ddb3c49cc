/** The noise of the room in each band: the least power of the last seconds. Pure. */

import { BANDS } from "./spectrum.js";

/** Frames of one part of the memory: 200 ms. */
const PART = 20;

/**
 * Parts that are remembered: 1.6 s. Speech falls nearly to the floor within that time, at the latest when
 * somebody breathes; a fan that was switched on belongs to the room after it.
 */
const PARTS = 8;

/** Of the smoothing, per frame: 40 ms. */
const SHARE = 0.25;

/** The least of some smoothed values lies below their mean. */
const BIAS = 1.6;

/** Power per band that no microphone falls below, but a muted track does. */
const LEAST = 1e-9;

/** Source: Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics", 2001; simplified. */
export class NoiseFloor {
  /** (BANDS,), mean power per sample. */
  bands = new Float32Array(BANDS).fill(LEAST);
  #smooth = new Float32Array(BANDS);
  #parts = Array.from({ length: PARTS }, () => ({ values: new Float32Array(BANDS).fill(Infinity) }));
  #frames = 0;

  /** @param {Float32Array} bands  (BANDS,) of the newest frame */
  hear(bands) {
    if (this.#frames === 0) this.#smooth.set(bands);
    const index = Math.floor(this.#frames / PART) % PARTS;
    const values = this.#parts[index]?.values ?? this.bands;
    if (this.#frames % PART === 0) values.fill(Infinity);
    this.#frames += 1;
    for (let band = 0; band < BANDS; band += 1) {
      const smooth = (this.#smooth[band] ?? 0) + SHARE * ((bands[band] ?? 0) - (this.#smooth[band] ?? 0));
      this.#smooth[band] = smooth;
      if (smooth < (values[band] ?? 0)) values[band] = smooth;
      let least = Infinity;
      for (const { values } of this.#parts) least = Math.min(least, values[band] ?? least);
      this.bands[band] = Math.max(BIAS * least, LEAST);
    }
  }
}
