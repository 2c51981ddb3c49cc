/** How the power of one frame of sound is spread over the bands that speech uses. Pure. */

/** What the gate works with, hertz. */
export const RATE = 16_000;

/** Samples from one frame to the next: 10 ms. */
export const HOP = 160;

/** Samples that one frame looks at: 16 ms, a power of two. */
export const FRAME = 256;

/** Borders of the bands as bins of 62.5 Hz: 125 Hz to 5.6 kHz, as wide as the ear's above 1 kHz. */
const BORDERS = [2, 4, 6, 8, 10, 12, 14, 17, 20, 24, 28, 33, 39, 46, 54, 64, 76, 90];

export const BANDS = BORDERS.length - 1;

/** Fast Fourier transform of one frame, radix 2, in place. */
export class Spectrum {
  #real = new Float32Array(FRAME);
  #imaginary = new Float32Array(FRAME);
  #window = Float32Array.from({ length: FRAME }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / FRAME));
  #cosine = Float32Array.from({ length: FRAME / 2 }, (_, index) => Math.cos((2 * Math.PI * index) / FRAME));
  #sine = Float32Array.from({ length: FRAME / 2 }, (_, index) => -Math.sin((2 * Math.PI * index) / FRAME));
  #order = Uint16Array.from({ length: FRAME }, (_, index) => reversed(index));

  /**
   * @param {Float32Array} frame  (FRAME,), -1 to 1
   * @param {Float32Array} bands  (BANDS,), takes the mean power per sample of each band
   */
  measure(frame, bands) {
    for (let index = 0; index < FRAME; index += 1) {
      const from = this.#order[index] ?? 0;
      this.#real[index] = (frame[from] ?? 0) * (this.#window[from] ?? 0);
    }
    this.#imaginary.fill(0);
    this.#transform();
    for (let band = 0; band < BANDS; band += 1) {
      let power = 0;
      for (let bin = BORDERS[band] ?? 0; bin < (BORDERS[band + 1] ?? 0); bin += 1) {
        power += (this.#real[bin] ?? 0) ** 2 + (this.#imaginary[bin] ?? 0) ** 2;
      }
      // Both halves of the spectrum; a Hann window keeps 3/8 of the power.
      bands[band] = (2 * power) / (0.375 * FRAME * FRAME);
    }
  }

  #transform() {
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let span = 1; span < FRAME; span *= 2) {
      const step = FRAME / (2 * span);
      for (let start = 0; start < FRAME; start += 2 * span) {
        for (let offset = 0; offset < span; offset += 1) {
          const upper = start + offset;
          const lower = upper + span;
          const cosine = this.#cosine[offset * step] ?? 0;
          const sine = this.#sine[offset * step] ?? 0;
          const a = (real[lower] ?? 0) * cosine - (imaginary[lower] ?? 0) * sine;
          const b = (real[lower] ?? 0) * sine + (imaginary[lower] ?? 0) * cosine;
          real[lower] = (real[upper] ?? 0) - a;
          imaginary[lower] = (imaginary[upper] ?? 0) - b;
          real[upper] = (real[upper] ?? 0) + a;
          imaginary[upper] = (imaginary[upper] ?? 0) + b;
        }
      }
    }
  }
}

/** @param {number} index  of FRAME */
function reversed(index) {
  let result = 0;
  for (let bit = 1; bit < FRAME; bit *= 2) result = result * 2 + (index & bit ? 1 : 0);
  return result;
}
