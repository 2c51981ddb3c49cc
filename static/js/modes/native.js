/** Native mode: the microphone goes to the provider, which hears, decides when a turn is over, and speaks by itself. */

import { Timers } from "../call/timers.js";
import { SpeedUpdate } from "./speed_update.js";

/** @typedef {import("../types.js").ModeHost} ModeHost */
/** @typedef {import("../types.js").RealtimeEvent} RealtimeEvent */
/** @typedef {import("../types.js").SettingChanges} SettingChanges */

/** People let the button go with the last syllable, milliseconds. */
const TAIL = 200;

export class NativeMode {
  name = "native";
  hearing = null;
  voicing = null;
  #host;
  #timers = new Timers();
  /** The reply that sounds. @type {string|null} */
  #playingId = null;
  #isPressed = false;
  /** How the session finds the end of a turn; undefined: not told. @type {unknown} */
  #detection;
  #speed;

  /** @param {ModeHost} host */
  constructor(host) {
    this.#host = host;
    this.#speed = new SpeedUpdate(host);
  }

  begin() {
    this.#followTalkControl();
    this.listen();
  }

  listen() {
    const { settings: { talk, echo }, sound: { microphone } } = this.#host;
    const isDeaf = echo === "pause" && this.#playingId !== null;
    microphone?.hold(talk === "open" ? isDeaf : !this.#isPressed);
  }

  /** @param {MediaStream} stream */
  play(stream) {
    this.#host.sound.speaker.play(stream);
  }

  /** @param {RealtimeEvent} event */
  hear(event) {
    const { type, response_id, session, error } = event;
    const { speaker } = this.#host.sound;
    if (type === "session.created" || type === "session.updated") this.#detection = session?.audio?.input?.turn_detection;
    if (type === "response.created") speaker.hush(false);
    if (type === "output_audio_buffer.cleared") speaker.hush(true);
    if (type === "output_audio_buffer.started") this.#follow(response_id ?? "unknown");
    if (type === "output_audio_buffer.stopped" || type === "output_audio_buffer.cleared") this.#follow(null);
    // Nothing was said while the button was pressed: there is nothing to answer.
    if (type === "error" && error?.code === "input_audio_buffer_commit_empty") this.#host.conversation.cancel();
    this.#speed.hear(event);
  }

  /** The provider answers what was typed once it has spoken. */
  yield() {}

  interrupt() {
    this.#host.conversation.cancel();
    this.#silence();
  }

  press() {
    if (this.#isPressed) return;
    const { conversation, send } = this.#host;
    this.#isPressed = true;
    if (this.#timers.stop("tail")) this.#commit(); // pressed again within the tail: the turn before ends here
    if (conversation.activity !== "listening") conversation.cancel();
    if (this.#playingId) this.#silence();
    send({ type: "input_audio_buffer.clear" });
    conversation.take({ type: "app.pressed" });
    this.listen();
  }

  release() {
    if (!this.#isPressed) return;
    this.#isPressed = false;
    this.#timers.start("tail", TAIL, () => { this.#commit(); this.listen(); });
  }

  /** The microphone is muted itself. */
  mute() {}

  /** @param {SettingChanges} changes */
  apply({ session, talk }) {
    if (talk) this.#isPressed = false;
    if (session?.audio?.input) this.#update({ audio: { input: session.audio.input } });
    if (session?.audio?.output) this.#speed.want(session.audio.output.speed);
    if (talk && !session) this.#followTalkControl();
    this.listen();
  }

  lose() {
    this.#timers.stopAll();
    this.#isPressed = false;
    this.#playingId = null;
    this.#host.sound.microphone?.hold(true);
  }

  stop() {
    this.#timers.stopAll();
  }

  #silence() {
    this.#host.sound.speaker.hush(true);
    this.#host.send({ type: "output_audio_buffer.clear" });
  }

  #commit() {
    this.#host.conversation.commit();
  }

  /** Whoever presses a button says himself when his turn is over. */
  #followTalkControl() {
    if (this.#host.settings.talk !== "open" && this.#detection) this.#update({ audio: { input: { turn_detection: null } } });
  }

  /** @param {string|null} playingId */
  #follow(playingId) {
    this.#playingId = playingId;
    this.listen();
  }

  /** @param {object} session */
  #update(session) {
    this.#host.send({ type: "session.update", session: { type: "realtime", ...session } });
  }
}
