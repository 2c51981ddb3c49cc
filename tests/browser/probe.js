// Put into every page before its own scripts: counts peers and requests, and records what the
// microphone hears and what the loudspeaker says, both on one clock. Tests read it as window.probe.
(() => {
  const LOUD = 0.01; // root mean square of 20 ms from which sound counts as heard
  const SILENCE = 0.3; // seconds from which it is one
  const LAGS = 50; // messages of the recorder, a second: the quickest of them tells the lag
  const streams = ["mic", "remote"];
  const probe = {
    /** Peer connections that are open now. */
    peers: new Set(),
    /** All that were ever made. */
    made: 0,
    /** The newest data channel. */
    channel: null,
    /** How often each server event came. */
    events: {},
    /** Stage times in milliseconds, one object for each reply. */
    stages: [],
    /** States that the call has come to, each {state, at}: seconds on the recorder's clock. */
    states: [],
    /** Violations of the Content-Security-Policy. */
    violations: [],
    /** Seconds on the recorder's clock when each stream was last loud; 0: never. */
    loudAt: { mic: 0, remote: 0 },
    /** The same: when it got loud after a silence. */
    begunAt: { mic: 0, remote: 0 },
    /** Seconds on the recorder's clock. */
    now: 0,
    /** Seconds between performance.now() and that clock, newest last: a busy machine's sound falls behind. */
    lags: [],
    /** Requests for speech, each {text, begin, answered, aborted}: performance.now() or null. */
    speech: [],
    context: null,
    node: null,
    microphone: null,
    chunks: [],
    waiting: new Set(),
  };
  Object.defineProperty(window, "probe", { value: probe });
  document.addEventListener("securitypolicyviolation", (event) => {
    probe.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile ?? ""}`);
  });

  new MutationObserver(([{ target }]) => {
    probe.states.push({ state: target.dataset.state, at: probe.clock() });
  }).observe(document, { subtree: true, attributeFilter: ["data-state"] });

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(...settings) {
      super(...settings);
      probe.made += 1;
      probe.peers.add(this);
    }

    createDataChannel(...settings) {
      const channel = super.createDataChannel(...settings);
      probe.channel = channel;
      channel.addEventListener("message", ({ data }) => {
        try {
          count(JSON.parse(data));
        } catch {
          // What cannot be read is the page's business.
        }
      });
      return channel;
    }

    close() {
      probe.peers.delete(this);
      super.close();
    }
  };

  function count(event) {
    probe.events[event.type] = (probe.events[event.type] ?? 0) + 1;
    const times = event.response?.vivavoce?.stages_ms;
    if (times) probe.stages.push(times);
    recheck();
  }

  // Behind a WebSocket only the page knows how far its sound is, so its own log is read.
  let registry;
  Object.defineProperty(window, "vivavoce", {
    get: () => registry,
    set(value) {
      registry = value;
      registry.subscribe(({ type, session, detail }) => {
        if (type === "log" && detail.direction !== "client" && session.transport === "websocket") count(detail.detail ?? {});
      });
    },
  });

  const devices = navigator.mediaDevices;
  const getUserMedia = devices?.getUserMedia.bind(devices);
  if (devices) {
    devices.getUserMedia = async (wish) => {
      const stream = await getUserMedia(wish);
      hear(stream.getAudioTracks()[0]);
      return stream;
    };
  }

  const nativeFetch = window.fetch;
  window.fetch = async (...args) => {
    const [url, options] = args;
    if (!String(url).includes("/api/realtime/tts")) return nativeFetch(...args);
    const entry = { text: JSON.parse(options.body).text, begin: performance.now(), answered: null, aborted: null };
    probe.speech.push(entry);
    options.signal?.addEventListener("abort", () => { entry.aborted = performance.now(); });
    const answer = await nativeFetch(...args);
    entry.answered = performance.now();
    return answer;
  };

  /** What the peers have sent as sound, and how many have something to send. */
  probe.sentAudio = async () => {
    const sent = { packets: 0, bytes: 0, tracks: 0 };
    for (const peer of probe.peers) {
      sent.tracks += peer.getSenders().filter(({ track }) => track).length;
      for (const report of (await peer.getStats()).values()) {
        if (report.type !== "outbound-rtp" || report.kind !== "audio") continue;
        sent.packets += report.packetsSent;
        sent.bytes += report.bytesSent;
      }
    }
    return sent;
  };

  /** Starts to record; the microphone and the reply are attached when they come. */
  probe.start = async (workletUrl) => {
    probe.context = new AudioContext({ sampleRate: 48000 });
    await probe.context.audioWorklet.addModule(workletUrl);
    probe.node = new AudioWorkletNode(probe.context, "probe", { numberOfInputs: 2 });
    probe.node.connect(probe.context.destination);
    probe.node.port.onmessage = ({ data }) => keep(data);
    window.played.into(probe.node, streams.indexOf("remote"));
  };

  function hear(track) {
    if (!probe.node || !track) return;
    probe.microphone?.disconnect();
    probe.microphone = probe.context.createMediaStreamSource(new MediaStream([track]));
    probe.microphone.connect(probe.node, 0, streams.indexOf("mic"));
  }

  function keep({ end, sound }) {
    probe.now = end;
    probe.lags = [...probe.lags.slice(-LAGS), performance.now() / 1000 - end];
    probe.chunks.push(sound);
    streams.forEach((name, index) => {
      const power = sound[index].reduce((sum, sample) => sum + (sample / 32768) ** 2, 0);
      if (Math.sqrt(power / sound[index].length) <= LOUD) return;
      if (end - probe.loudAt[name] > SILENCE) probe.begunAt[name] = end;
      probe.loudAt[name] = end;
    });
    recheck();
  }

  function recheck() {
    for (const check of [...probe.waiting]) check();
  }

  /** Resolves when a server event has come this often. */
  probe.seen = (type, count, timeoutMs) =>
    wait(() => (probe.events[type] ?? 0) >= count, timeoutMs, `${type} did not come ${count} times`);

  /** Resolves to the recorder's time when a stream gets loud after a moment on its clock. */
  probe.loud = (name, after, timeoutMs) =>
    wait(() => probe.loudAt[name] > after && probe.loudAt[name], timeoutMs, `${name} stayed silent`);

  /** The same for a sound that begins after a silence, however late one asks. */
  probe.begun = (name, after, timeoutMs) =>
    wait(() => probe.begunAt[name] > after && probe.begunAt[name], timeoutMs, `${name} did not begin`);

  /** Resolves when a stream has been silent for some seconds. */
  probe.silent = (name, seconds, timeoutMs) =>
    wait(() => probe.now - probe.loudAt[name] > seconds && probe.now, timeoutMs, `${name} stayed loud`);

  /** This moment on the recorder's clock. */
  probe.clock = () => performance.now() / 1000 - Math.min(...probe.lags);

  /** Resolves at a moment of the recorder's clock. */
  probe.at = (moment) => wait(() => probe.now >= moment, 1000 * (moment - probe.now) + 5000, "no sound");

  function wait(condition, timeoutMs, complaint) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(reject, new Error(complaint)), timeoutMs);
      const check = () => {
        const value = condition();
        if (value) end(resolve, value);
      };
      function end(settle, value) {
        clearTimeout(timer);
        probe.waiting.delete(check);
        settle(value);
      }
      probe.waiting.add(check);
      check();
    });
  }

  /** Gives what was recorded since the last time as base64 of 16-bit samples. */
  probe.take = async () => {
    const chunks = probe.chunks.splice(0);
    const taken = {};
    for (const [index, name] of streams.entries()) {
      const url = await new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.readAsDataURL(new Blob(chunks.map((sound) => sound[index])));
      });
      taken[name] = url.slice(url.indexOf(",") + 1);
    }
    return taken;
  };
})();
