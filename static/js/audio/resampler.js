/** From one sample rate to another, with a windowed sinc. Pure; runs in worklets. */

/** Samples, at the lower of both rates, that each result is made of. 48 of them reject images by more than 70 dB and cost 2 % of a slow core. */
const TAPS = 48;

/** Positions between two samples for which weights are kept; between those they are interpolated (error below 16 bits). */
const PHASES = 512;

/** Shape of the Kaiser window: 75 dB. Source: https://ccrma.stanford.edu/~jos/sasp/Kaiser_Window.html */
const BETA = 7.2;

export class Resampler {
  #step;
  #taps;
  #weights;
  #past;
  #oldest = 0;
  /** How far the next result lies behind the newest samples, in samples of the source; from 1 on more of them are needed. */
  #phase = 1;

  /** @param {number} fromHz @param {number} toHz */
  constructor(fromHz, toHz) {
    const bandwidth = Math.min(1, toHz / fromHz);
    this.#step = fromHz / toHz;
    this.#taps = 2 * Math.ceil(TAPS / 2 / bandwidth);
    this.#weights = weights(this.#taps, bandwidth);
    this.#past = new Float32Array(2 * this.#taps);
  }

  /**
   * Fill with sound; the position between two samples is kept for the next time.
   * @param {Float32Array} output
   * @param {() => number} next  gives the next sample of the source; it is heard half the taps later (1 ms of speech)
   */
  render(output, next) {
    for (let index = 0; index < output.length; index += 1) {
      for (; this.#phase >= 1; this.#phase -= 1) this.#take(next());
      output[index] = this.#mix();
      this.#phase += this.#step;
    }
  }

  /** @param {Float32Array} input  of any length @returns {Float32Array} all results that it is enough for */
  process(input) {
    const output = new Float32Array(Math.ceil((input.length + 1) / this.#step) + 1);
    let count = 0;
    for (const sample of input) {
      this.#take(sample);
      this.#phase -= 1;
      for (; this.#phase < 1; this.#phase += this.#step) output[count++] = this.#mix();
    }
    return output.subarray(0, count);
  }

  /** @param {number} sample  written twice, so that the newest ones always lie in one piece */
  #take(sample) {
    this.#past[this.#oldest] = sample;
    this.#past[this.#oldest + this.#taps] = sample;
    this.#oldest = (this.#oldest + 1) % this.#taps;
  }

  #mix() {
    const place = this.#phase * PHASES;
    const row = Math.floor(place) * this.#taps;
    const share = place - Math.floor(place);
    let sum = 0;
    for (let tap = 0; tap < this.#taps; tap += 1) {
      const here = this.#weights[row + tap] ?? 0;
      const there = this.#weights[row + this.#taps + tap] ?? 0;
      sum += (this.#past[this.#oldest + tap] ?? 0) * (here + share * (there - here));
    }
    return sum;
  }
}

/** @param {number} taps @param {number} bandwidth  1: all of the source's; less where the result cannot hold it @returns {Float32Array} PHASES + 1 rows of taps */
function weights(taps, bandwidth) {
  const table = new Float32Array((PHASES + 1) * taps);
  const cutoff = 0.95 * bandwidth;
  for (let phase = 0; phase <= PHASES; phase += 1) {
    const row = table.subarray(phase * taps, (phase + 1) * taps);
    // The result lies between the samples taps / 2 - 1 and taps / 2.
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - (taps / 2 - 1) - phase / PHASES;
      row[tap] = sinc(cutoff * distance) * kaiser(distance / (taps / 2));
    }
    // Every row passes a constant unchanged; otherwise the rows would be heard as a hum.
    const sum = row.reduce((total, weight) => total + weight, 0);
    for (let tap = 0; tap < taps; tap += 1) row[tap] = (row[tap] ?? 0) / sum;
  }
  return table;
}

/** @param {number} x */
function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** @param {number} x  from -1 to 1 */
function kaiser(x) {
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** Modified Bessel function of order zero. @param {number} x */
function bessel(x) {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
