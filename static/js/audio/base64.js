/** Bytes as text that fits into JSON, and back. Pure. */

/** @param {Uint8Array} bytes  of a frame: so few that they can be arguments @returns {string} */
export function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} empty where it is no base64 */
export function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
