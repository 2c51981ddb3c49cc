// Put into every page before its own scripts: what its audio elements play, for whoever listens in.
// Tests read it as window.played.
(() => {
  const listeners = []; // {node, input}
  const elements = new Map(); // element → its sources, each {source, gain}

  /** Leads all that is heard from now on into a node; a muted or paused element is silent. */
  window.played = {
    into(node, input = 0) {
      listeners.push({ node, input });
      for (const element of elements.keys()) attach(element, element.srcObject);
    },
  };

  intercept("srcObject", attach);
  intercept("muted", follow);
  for (const name of ["play", "pause"]) document.addEventListener(name, ({ target }) => follow(target), true);

  function intercept(name, then) {
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, name);
    Object.defineProperty(HTMLMediaElement.prototype, name, {
      get,
      set(value) {
        set.call(this, value);
        then(this, this.srcObject);
      },
    });
  }

  function attach(element, stream) {
    for (const { source } of elements.get(element) ?? []) source.disconnect();
    const tracks = stream?.getAudioTracks() ?? [];
    if (tracks.length === 0) return elements.delete(element);
    elements.set(element, listeners.map(({ node, input }) => {
      const source = node.context.createMediaStreamSource(new MediaStream(tracks));
      const gain = node.context.createGain();
      source.connect(gain).connect(node, 0, input);
      return { source, gain };
    }));
    follow(element);
  }

  function follow(element) {
    const isHeard = !element.muted && (element.autoplay || !element.paused);
    for (const { gain } of elements.get(element) ?? []) gain.gain.value = isHeard ? 1 : 0;
  }
})();
