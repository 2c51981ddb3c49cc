// Keeps a copy of the sound that the page fetches, in the order of the requests: window.speechKept.
(() => {
  const kept = [];
  const nativeFetch = window.fetch;
  window.speechKept = {
    /** All that came since the last time, each as base64 of 16-bit samples, 24 kHz. */
    async take() {
      const pieces = await Promise.all(kept.splice(0));
      return pieces.map((bytes) => bytes.toBase64());
    },
  };
  window.fetch = async (...args) => {
    const place = Promise.withResolvers();
    const isSpeech = String(args[0]).includes("/api/realtime/tts");
    if (isSpeech) kept.push(place.promise.catch(() => new Uint8Array()));
    try {
      const answer = await nativeFetch(...args);
      if (!isSpeech) return answer;
      const [body, copy] = answer.body.tee();
      place.resolve(new Response(copy).bytes());
      return new Response(body, { status: answer.status, headers: answer.headers });
    } catch (error) {
      place.reject(error);
      throw error;
    }
  };
})();
