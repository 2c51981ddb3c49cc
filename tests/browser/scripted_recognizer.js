// The browser's speech recogniser, driven by a test: the one part that a test may replace, since no
// test browser has a service behind it. As strict and as moody as the specification allows:
// https://webaudio.github.io/web-speech-api/ . Tests read it as window.recognizer.
(() => {
  const PATIENCE = 10000; // milliseconds
  const plan = window.recognizerPlan ?? {};
  const recognizer = {
    /** performance.now() of every start. */
    starts: [],
    /** What was said while nothing listened. */
    unheard: [],
    /** Fails every start with this code; null: works. */
    failure: plan.failure ?? null,
    /** What `available` says of recognition on this device. */
    onDevice: plan.onDevice ?? "unavailable",
    /** The one that listens. */
    running: null,
    /** Live words: all of the utterance so far. @returns whether anybody heard them */
    hear(words) {
      if (this.running) this.running.hear(words, false);
      else this.unheard.push(words);
      return this.running !== null;
    },
    /** The utterance is over. */
    finish(words) {
      if (this.running) this.running.hear(words, true);
      else this.unheard.push(words);
    },
    /** Says a sentence word by word; resolves when its final words are delivered. */
    async say(sentence, millisecondsPerWord = 60) {
      await this.ready();
      const words = sentence.split(" ");
      for (let count = 1; count <= words.length; count += 1) {
        this.hear(words.slice(0, count).join(" "));
        await new Promise((resolve) => setTimeout(resolve, millisecondsPerWord));
      }
      this.finish(sentence);
    },
    /** Breaks off what runs. */
    fail(code) {
      this.running?.fail(code);
    },
    /** Ends by itself, as after silence or a minute. */
    end() {
      this.running?.end();
    },
    /** Resolves once somebody listens. */
    ready() {
      if (this.running) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        setTimeout(() => reject(new Error("nobody listens")), PATIENCE);
      });
    },
  };
  const waiting = [];

  class SpeechRecognition extends EventTarget {
    lang = "";
    continuous = false;
    interimResults = false;
    maxAlternatives = 1;
    processLocally = false;
    phrases = [];
    #state = "idle"; // then starting, running, ending
    #results = [];
    #hasSpeech = false;

    static async available({ langs, processLocally }) {
      if (langs.length === 0) return "unavailable";
      return processLocally ? recognizer.onDevice : "available";
    }

    static async install() {
      return false;
    }

    start() {
      if (this.#state !== "idle") throw new DOMException("recognition has already started.", "InvalidStateError");
      this.#state = "starting";
      this.#results = [];
      this.#hasSpeech = false;
      recognizer.starts.push(performance.now());
      setTimeout(() => this.#begin());
    }

    stop() {
      if (this.#state !== "running") return void this.#cancelStart();
      const last = this.#results.at(-1);
      if (last && !last.isFinal) this.hear(last[0].transcript, true);
      if (this.#state === "running") this.end();
    }

    abort() {
      if (this.#state === "running") this.fail("aborted");
      else this.#cancelStart();
    }

    hear(words, isFinal) {
      if (!this.#hasSpeech) {
        this.#hasSpeech = true;
        this.#tell("soundstart");
        this.#tell("speechstart");
      }
      const last = this.#results.at(-1);
      if (last && !last.isFinal) this.#results.pop();
      this.#results.push(Object.assign([{ transcript: words, confidence: isFinal ? 0.9 : 0 }], { isFinal }));
      if (isFinal || this.interimResults) {
        const results = Object.assign([...this.#results], { item: (index) => this.#results[index] });
        this.#tell("result", { resultIndex: this.#results.length - 1, results });
      }
      if (isFinal && !this.continuous) this.end();
    }

    fail(code) {
      this.#tell("error", { error: code, message: "" });
      this.end();
    }

    end() {
      if (this.#state !== "running") return;
      this.#state = "ending";
      if (recognizer.running === this) recognizer.running = null;
      if (this.#hasSpeech) for (const name of ["speechend", "soundend"]) this.#tell(name);
      this.#tell("audioend");
      this.#finish();
    }

    #begin() {
      if (this.#state !== "starting") return;
      // Two cannot have the microphone: the newer one takes it.
      recognizer.running?.fail("aborted");
      this.#state = "running";
      this.#tell("start");
      this.#tell("audiostart");
      if (recognizer.failure) return this.fail(recognizer.failure);
      recognizer.running = this;
      for (const resolve of waiting.splice(0)) resolve();
    }

    #cancelStart() {
      if (this.#state !== "starting") return;
      this.#state = "ending";
      this.#finish();
    }

    #finish() {
      // As in a browser, no event comes within the call that caused it.
      setTimeout(() => {
        this.#state = "idle";
        this.#tell("end");
      });
    }

    #tell(name, fields = {}) {
      const event = Object.assign(new Event(name), fields);
      this[`on${name}`]?.(event);
      this.dispatchEvent(event);
    }
  }

  window.recognizer = recognizer;
  for (const name of ["SpeechRecognition", "webkitSpeechRecognition"]) {
    Object.defineProperty(window, name, { value: SpeechRecognition, configurable: true });
  }
})();
