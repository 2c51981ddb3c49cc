// Makes the page's microphone a room: the browser's own (fake) microphone, what a test says into it,
// and the page's voice as a loudspeaker brings it back. Tests read it as window.room.
(() => {
  const ECHO_SECONDS = 0.2; // from the player over loudspeaker, air and microphone: a slow laptop
  const devices = navigator.mediaDevices;
  const getUserMedia = devices?.getUserMedia.bind(devices);
  let echoGain = 0;
  let parts = null; // {context, echo, mouth, own, track}
  const given = []; // tracks that the page has

  if (devices) {
    devices.getUserMedia = async (wish) => {
      const { track } = await (parts ??= furnish(wish));
      given.push(track.clone());
      return new MediaStream(given.slice(-1));
    };
  }

  async function furnish(wish) {
    const own = await getUserMedia(wish).catch((error) => {
      parts = null;
      throw error;
    });
    const context = new AudioContext({ sampleRate: 48000 });
    const air = context.createMediaStreamDestination();
    const mouth = context.createGain();
    const echo = context.createGain();
    const delay = context.createDelay(1);
    delay.delayTime.value = ECHO_SECONDS;
    echo.gain.value = echoGain;
    context.createMediaStreamSource(own).connect(air);
    mouth.connect(air);
    delay.connect(echo).connect(air);
    window.played.into(delay);
    return { context, echo, mouth, own, track: air.stream.getAudioTracks()[0] };
  }

  window.room = {
    /** How loud the page's own voice comes back: 0 with headphones, 1 as loud as it was made. */
    async setEcho(gain) {
      echoGain = gain;
      if (parts) (await parts).echo.gain.value = gain;
    },

    /** Pulls the microphone's plug. */
    unplug() {
      for (const track of given.splice(0)) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
    },

    /** Says a WAV file, base64, into the room; resolves when it is said. */
    async say(wav) {
      const { context, mouth } = await parts;
      const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
      const voice = context.createBufferSource();
      voice.buffer = await context.decodeAudioData(bytes.buffer);
      voice.connect(mouth);
      voice.start();
      await new Promise((resolve) => voice.addEventListener("ended", resolve));
    },
  };
})();
