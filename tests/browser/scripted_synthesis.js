// A browser's own voice, which test browsers do not have: says nothing, but keeps what it was given.
// Tests read it as window.synthesis.
(() => {
  const MILLISECONDS_PER_WORD = 40;
  const synthesis = {
    /** The words of every utterance that was spoken to its end, or as far as it came. */
    spoken: [],
  };
  let current = null; // {utterance, timer}
  const queue = [];

  class Utterance extends EventTarget {
    constructor(text = "") {
      super();
      Object.assign(this, { text, lang: "", voice: null, rate: 1, pitch: 1, volume: 1 });
    }
  }

  function next() {
    const utterance = queue.shift();
    if (!utterance) return;
    const words = [...utterance.text.matchAll(/\S+/g)];
    const heard = [];
    synthesis.spoken.push(heard);
    current = { utterance, timer: setInterval(step, MILLISECONDS_PER_WORD) };
    tell(utterance, "start");
    function step() {
      const word = words[heard.length];
      if (!word) return end(utterance, "end");
      heard.push(word[0]);
      tell(utterance, "boundary", { name: "word", charIndex: word.index, charLength: word[0].length });
    }
  }

  function end(utterance, type, fields) {
    clearInterval(current.timer);
    current = null;
    tell(utterance, type, fields);
    next();
  }

  function tell(utterance, type, fields = {}) {
    const event = Object.assign(new Event(type), { utterance, elapsedTime: 0, charIndex: 0, ...fields });
    utterance[`on${type}`]?.(event);
    utterance.dispatchEvent(event);
  }

  const voice = { name: "Test", lang: "en-US", localService: true, default: true, voiceURI: "test" };
  const stand = Object.assign(new EventTarget(), {
    getVoices: () => [voice],
    speak(utterance) {
      queue.push(utterance);
      if (!current) setTimeout(() => current ?? next());
    },
    cancel() {
      const waiting = queue.splice(0);
      if (current) end(current.utterance, "error", { error: "interrupted" });
      for (const utterance of waiting) tell(utterance, "error", { error: "canceled" });
    },
    pause() {},
    resume() {},
    get speaking() { return current !== null; },
    get pending() { return queue.length > 0; },
    paused: false,
  });

  window.synthesis = synthesis;
  Object.defineProperty(window, "speechSynthesis", { value: stand });
  Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
})();
