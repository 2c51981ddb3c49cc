/** The browser's WebSocket under the hand of the test. */

export class Socket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  /** @type {Socket[]} */
  static made = [];
  readyState = 0;
  bufferedAmount = 0;
  /** @type {string[]} */
  sent = [];

  /** Take the place of the browser's, at an address. */
  static install() {
    Socket.made = [];
    Object.assign(globalThis, { window: globalThis, WebSocket: Socket, location: { href: "https://talk.example/" } });
  }

  /** @param {URL} url */
  constructor(url) {
    super();
    this.url = String(url);
    Socket.made.push(this);
  }

  /** It is let in. */
  open() {
    this.readyState = Socket.OPEN;
    this.dispatchEvent(new Event("open"));
    return this;
  }

  /** A message comes. @param {object} event */
  say(event) {
    this.readyState = Socket.OPEN;
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(event) }));
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(text);
  }

  /** It ends, whoever ended it. @param {number} [code] */
  close(code = 1005) {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "" }));
  }
}

/** All that can happen without time passing happens. */
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
