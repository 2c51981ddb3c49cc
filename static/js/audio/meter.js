/** How loud a stream is right now. */

/** @type {AudioContext|null} */
let context = null;
let meters = 0;

export class Meter {
  #source;
  #analyser;
  #samples;
  #isClosed = false;

  /** @param {MediaStream} stream */
  constructor(stream) {
    context ??= new AudioContext({ latencyHint: "playback" });
    meters += 1;
    if (context.state === "suspended") context.resume().catch(() => {});
    this.#source = context.createMediaStreamSource(stream);
    this.#analyser = new AnalyserNode(context, { fftSize: 512 });
    this.#samples = new Float32Array(512);
    this.#source.connect(this.#analyser);
  }

  /** Loudness from 0 (silence) to 1 (a loud voice), even to the ear; null while the browser holds sound back. */
  level() {
    if (context?.state !== "running" || this.#isClosed) return null;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    // -60 dB is a quiet room, -10 dB a loud voice.
    return power === 0 ? 0 : Math.min(Math.max((10 * Math.log10(power) + 60) / 50, 0.001), 1);
  }

  /** The last meter takes the audio context with it. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#source.disconnect();
    this.#analyser.disconnect();
    meters -= 1;
    if (meters > 0) return;
    context?.close().catch(() => {});
    context = null;
  }
}
