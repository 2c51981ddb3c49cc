/** Sound as a WAV file. Pure. */

const HEADER = 44;

/**
 * @param {Int16Array} samples  mono
 * @param {number} rate  hertz
 * @returns {Blob} audio/wav, PCM of 16 bits
 */
export function toWav(samples, rate) {
  const bytes = new DataView(new ArrayBuffer(HEADER + 2 * samples.length));
  const length = 2 * samples.length;
  write(bytes, 0, "RIFF");
  bytes.setUint32(4, HEADER - 8 + length, true);
  write(bytes, 8, "WAVEfmt ");
  bytes.setUint32(16, 16, true); // bytes of the format
  bytes.setUint16(20, 1, true); // PCM
  bytes.setUint16(22, 1, true); // channels
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, 2 * rate, true); // bytes a second
  bytes.setUint16(32, 2, true); // bytes a sample
  bytes.setUint16(34, 16, true); // bits a sample
  write(bytes, 36, "data");
  bytes.setUint32(40, length, true);
  samples.forEach((sample, index) => bytes.setInt16(HEADER + 2 * index, sample, true));
  return new Blob([bytes], { type: "audio/wav" });
}

/** @param {DataView} bytes @param {number} at @param {string} text */
function write(bytes, at, text) {
  for (let index = 0; index < text.length; index += 1) bytes.setUint8(at + index, text.charCodeAt(index));
}
