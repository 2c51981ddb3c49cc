// Lets a test speak with the page's own voice and hear, sample by sample, what would come out of the
// loudspeaker. Tests read it as window.voiceTap.
function toBase64(chunks) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.readAsDataURL(new Blob(chunks));
  });
}

window.voiceTap = {
  /** A voice with a recorder behind it. `parts` as of Voice; `events` notes what it told and when. */
  async open(wishes, workletUrl, parts = {}) {
    const { Voice } = await import("/static/js/speech/voice.js");
    const events = [];
    const waiting = new Set();
    const note = (name) => (...told) => {
      events.push({ name, at: performance.now(), told: told.map((one) => one?.code ?? one) });
      for (const check of [...waiting]) check();
    };
    const names = ["started", "clauses", "position", "done", "failed", "notice"];
    const voice = new Voice(wishes, Object.fromEntries(names.map((name) => [name, note(name)])), parts);
    const { context } = voice.player;
    await voice.player.ready;
    await context.audioWorklet.addModule(workletUrl);
    const recorder = new AudioWorkletNode(context, "probe", { numberOfInputs: 2 });
    voice.player.output.connect(recorder, 0, 0);
    context.createMediaStreamSource(voice.stream).connect(recorder, 0, 1);
    const sounds = [[], []];
    let end = 0;
    await new Promise((recording) => {
      recorder.port.onmessage = ({ data }) => {
        end = data.end;
        data.sound.forEach((sound, index) => sounds[index].push(sound));
        recording();
      };
    });
    return {
      voice,
      events,
      /** Resolves when an event of one of these names has come; to the event. */
      until: (...names) => new Promise((resolve) => {
        const check = () => {
          const found = events.find(({ name }) => names.includes(name));
          if (found) { waiting.delete(check); resolve(found); }
        };
        waiting.add(check);
        check();
      }),
      /** What left the player ([0]) and its stream ([1]), base64 of 16-bit samples, and the context's time at its end, seconds. */
      recording: async () => {
        await this.pause(250);
        const taken = { end, rate: context.sampleRate }; // more may be recorded while this is written down
        return { ...taken, sounds: await Promise.all(sounds.map((chunks) => toBase64([...chunks]))) };
      },
    };
  },
  pause: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
};
