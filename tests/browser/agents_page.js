// A page as any website could write it: the Agents SDK as it comes from npm, and an engine elsewhere.

import {
  OpenAIRealtimeWebRTC,
  OpenAIRealtimeWebSocket,
  RealtimeAgent,
  RealtimeSession,
  tool,
} from "/sdk/openai-realtime-agents.mjs";

const RATE = 24000;
const CHUNK_MS = 40;

const clock = tool({
  name: "clock",
  description: "Tells the time in a zone.",
  parameters: {
    type: "object",
    properties: { zone: { type: "string" } },
    required: ["zone"],
    additionalProperties: false,
  },
  strict: true,
  execute: async ({ zone }) => `noon in ${zone}`,
});

/** Samples of a loud tone, then of silence: what the scripted engine takes for a turn. */
function turn(toneSeconds, silentSeconds) {
  const samples = new Int16Array((toneSeconds + silentSeconds) * RATE);
  for (let i = 0; i < toneSeconds * RATE; i++) {
    samples[i] = 12000 * Math.sin((2 * Math.PI * 300 * i) / RATE);
  }
  return samples;
}

/** A microphone that is silent until it is told to speak. */
class Microphone {
  #context = new AudioContext();
  #gain = new GainNode(this.#context, { gain: 0 });
  #target = this.#context.createMediaStreamDestination();

  constructor() {
    const tone = new OscillatorNode(this.#context, { frequency: 300 });
    tone.connect(this.#gain).connect(this.#target);
    tone.start();
  }

  get stream() {
    return this.#target.stream;
  }

  speak(seconds) {
    const now = this.#context.currentTime;
    this.#gain.gain.setValueAtTime(0.5, now);
    this.#gain.gain.setValueAtTime(0, now + seconds);
  }
}

/** One call over either transport. */
class Talk {
  events = [];
  errors = [];
  interruptions = 0;
  soundBytes = 0;

  async connect(kind, engine, key) {
    this.microphone = kind === "webrtc" ? new Microphone() : null;
    this.transport = this.microphone
      ? new OpenAIRealtimeWebRTC({
          baseUrl: `${engine}/v1/realtime/calls`,
          mediaStream: this.microphone.stream,
        })
      : new OpenAIRealtimeWebSocket({
          url: `${engine.replace("http", "ws")}/v1/realtime?model=vivavoce-engine`,
        });
    const agent = new RealtimeAgent({ name: "Ada", instructions: "Be kind.", tools: [clock] });
    this.session = new RealtimeSession(agent, {
      transport: this.transport,
      model: "vivavoce-engine",
    });
    this.session.on("transport_event", (event) => this.events.push(event));
    this.session.on("error", (error) => this.errors.push(JSON.stringify(error)));
    this.session.on("audio_interrupted", () => this.interruptions++);
    this.session.on("audio", (event) => (this.soundBytes += event.data.byteLength));
    await this.session.connect({ apiKey: key });
    return this.transport.status;
  }

  /** Say something of this length. */
  speak(seconds) {
    if (this.microphone) return this.microphone.speak(seconds);
    const samples = turn(seconds, 0.6);
    const step = (RATE * CHUNK_MS) / 1000;
    for (let begin = 0; begin < samples.length; begin += step) {
      this.session.sendAudio(samples.slice(begin, begin + step).buffer);
    }
  }

  type(words) {
    this.session.sendMessage(words);
  }

  /** Ask for a written answer, which is there at once. */
  write(words) {
    const content = [{ type: "input_text", text: words }];
    const item = { type: "message", role: "user", content };
    this.transport.sendEvent({ type: "conversation.item.create", item });
    this.transport.requestResponse({ output_modalities: ["text"] });
  }

  interrupt() {
    this.session.interrupt();
  }

  close() {
    this.session.close();
  }

  types() {
    return this.events.map((event) => event.type);
  }

  /** Whether the engine's voice is being heard, or has come. */
  async hasSound() {
    if (!this.microphone) return this.soundBytes > RATE;
    const stats = await this.transport.connectionState.peerConnection.getStats();
    return [...stats.values()].some(
      (one) => one.type === "inbound-rtp" && one.totalAudioEnergy > 0.0005,
    );
  }

  history() {
    return this.session.history.map((item) => ({
      kind: item.type,
      role: item.role,
      status: item.status,
      output: item.output,
      words: (item.content ?? []).map((part) => part.transcript ?? part.text ?? "").join(""),
    }));
  }
}

window.talk = new Talk();
