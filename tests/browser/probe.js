// Put into every page before its own scripts: counts peers and records what the microphone hears and
// what the loudspeaker says, both on one clock. Tests read it as window.probe.
(() => {
  const LOUD = 0.01; // root mean square of 20 ms from which sound counts as heard
  const streams = ["mic", "remote"];
  const probe = {
    /** Peer connections that are open now. */
    peers: new Set(),
    /** All that were ever made. */
    made: 0,
    /** How often each server event came. */
    events: {},
    /** Stage times in milliseconds, one object for each reply. */
    stages: [],
    /** Violations of the Content-Security-Policy. */
    violations: [],
    /** Seconds on the recorder's clock when each stream was last loud; 0: never. */
    loudAt: { mic: 0, remote: 0 },
    /** Seconds on the recorder's clock. */
    now: 0,
    context: null,
    node: null,
    sources: {},
    chunks: [],
    waiting: new Set(),
  };
  Object.defineProperty(window, "probe", { value: probe });
  document.addEventListener("securitypolicyviolation", (event) => {
    probe.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile ?? ""}`);
  });

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(...settings) {
      super(...settings);
      probe.made += 1;
      probe.peers.add(this);
      this.addEventListener("track", (event) => {
        if (event.track.kind === "audio") attach("remote", event.track);
      });
    }

    createDataChannel(...settings) {
      const channel = super.createDataChannel(...settings);
      channel.addEventListener("message", ({ data }) => {
        const event = JSON.parse(data);
        probe.events[event.type] = (probe.events[event.type] ?? 0) + 1;
        const times = event.response?.vivavoce?.stages_ms;
        if (times) probe.stages.push(times);
        recheck();
      });
      return channel;
    }

    close() {
      probe.peers.delete(this);
      super.close();
    }
  };

  const devices = navigator.mediaDevices;
  const getUserMedia = devices?.getUserMedia.bind(devices);
  if (devices) {
    devices.getUserMedia = async (wish) => {
      const stream = await getUserMedia(wish);
      attach("mic", stream.getAudioTracks()[0]);
      return stream;
    };
  }

  /** Starts to record; the microphone and the reply are attached when they come. */
  probe.start = async (workletUrl) => {
    probe.context = new AudioContext({ sampleRate: 48000 });
    await probe.context.audioWorklet.addModule(workletUrl);
    probe.node = new AudioWorkletNode(probe.context, "probe", { numberOfInputs: 2 });
    probe.node.connect(probe.context.destination);
    probe.node.port.onmessage = ({ data }) => keep(data);
  };

  function attach(name, track) {
    if (!probe.node || !track) return;
    probe.sources[name]?.disconnect();
    probe.sources[name] = probe.context.createMediaStreamSource(new MediaStream([track]));
    probe.sources[name].connect(probe.node, 0, streams.indexOf(name));
  }

  function keep({ end, sound }) {
    probe.now = end;
    probe.chunks.push(sound);
    streams.forEach((name, index) => {
      const power = sound[index].reduce((sum, sample) => sum + (sample / 32768) ** 2, 0);
      if (Math.sqrt(power / sound[index].length) > LOUD) probe.loudAt[name] = end;
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

  /** Resolves when a stream has been silent for some seconds. */
  probe.silent = (name, seconds, timeoutMs) =>
    wait(() => probe.now - probe.loudAt[name] > seconds && probe.now, timeoutMs, `${name} stayed loud`);

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
