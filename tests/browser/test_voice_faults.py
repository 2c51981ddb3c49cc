"""Sources that fail while the page speaks: the next one goes on with the next word."""

from __future__ import annotations

import numpy as np

from tests.browser.voice_recording import (
    EDGE_MS,
    LOUD,
    SPEAK,
    TEXT,
    WORD_MS,
    RunVoice,
    largest_jump,
    sound_of,
    spoken_ms,
    told,
)

EVEN = (
    "There stood seven brown bears under great trees while rains never ended. Those bears slept "
    "until early light broke above their river. After lunch every bear swims."
)
"""Its words are equally long, as those of the scripted voice are."""
BROKEN = """
(() => {
  let count = 0;
  const asked = [];
  return { asked, fetch: async (wish, signal) => {
    const { fetchSpeech } = await import("/static/js/api.js");
    asked.push(wish.text);
    count += 1;
    const stream = await fetchSpeech(wish, signal);
    if (count !== 2) return stream;
    const reader = stream.getReader();
    let left = 48 * 75 * 5 + 1;
    return new ReadableStream({ async pull(controller) {
      if (left === 0) { await voiceTap.pause(1500); return controller.error(new TypeError("cut")); }
      const { value } = await reader.read();
      const part = value.subarray(0, left);
      left -= part.length;
      controller.enqueue(part);
    } }, { highWaterMark: 0 });
  } };
})()
"""


def test_a_stream_that_breaks_off_is_taken_up_at_the_next_word(run_voice: RunVoice):
    found = run_voice(
        f"{SPEAK} await tap.until('done', 'failed'); return {{ asked: parts.asked }};",
        parts=BROKEN,
        text=EVEN,
    )

    clauses = told(found, "clauses")[-1][1]
    assert told(found, "done") == [["r"]]
    assert "".join(clause["text"] for clause in clauses) == EVEN
    rest = [asked for asked in found["asked"][2:] if found["asked"][1].endswith(asked)]
    assert len(rest) == 1
    assert 4 <= len(found["asked"][1].removesuffix(rest[0]).split()) <= 6
    # Within one word of each being spoken once.
    assert abs(spoken_ms(found) - len(EVEN.split()) * WORD_MS) < WORD_MS + 40


SLOW = """
({ fetch: async (wish, signal) => {
  const { fetchSpeech } = await import("/static/js/api.js");
  const whole = new Uint8Array(await new Response(await fetchSpeech(wish, signal)).arrayBuffer());
  let at = 0;
  return new ReadableStream({ async pull(controller) {
    await voiceTap.pause(40);
    if (at >= whole.length) return controller.close();
    controller.enqueue(whole.slice(at, at + 963)); // 20 ms, and a sample that is parted
    at += 963;
  } }, { highWaterMark: 0 });
} })
"""


def test_a_source_slower_than_the_listener_is_held_back_not_torn(run_voice: RunVoice):
    text = "A slow voice still speaks whole sentences here"
    found = run_voice(
        f"{SPEAK} await tap.until('done', 'failed'); return {{}};", parts=SLOW, text=text
    )

    stalls = np.diff(np.flatnonzero(np.abs(sound_of(found)) > LOUD)) / found["rate"] * 1000
    chunks = len(told(found, "clauses")[-1][1])
    assert told(found, "done") == [["r"]]
    # Between chunks it waits, and it may have to find out once how slow the source is.
    assert np.count_nonzero(stalls > EDGE_MS) <= chunks
    assert largest_jump(found) < 8000 / 32768 * 2 * np.pi * 800 / found["rate"] + 0.002


BROWSER_VOICE = """
(() => {
  const said = [];
  const words = [];
  class Utterance extends EventTarget { constructor(text) { super(); this.text = text; } }
  let speaking = null;
  const fake = Object.assign(new EventTarget(), {
    getVoices: () => [{ name: "far", lang: "en-US", localService: false, default: true },
                      { name: "near", lang: "en-GB", localService: true, default: false }],
    async speak(utterance) {
      speaking = utterance;
      const tell = (type, more = {}) =>
        utterance.dispatchEvent(Object.assign(new Event(type), more));
      said.push([utterance.voice.name, utterance.text]);
      tell("start");
      for (const { index } of utterance.text.matchAll(/\\S+/g)) {
        words.push(index);
        tell("boundary", { name: "word", charIndex: index });
        await voiceTap.pause(60);
        if (speaking !== utterance) return tell("error", { error: "interrupted" });
      }
      tell("end");
    },
    cancel() { speaking = null; },
  });
  Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
  Object.defineProperty(window, "speechSynthesis", { value: fake });
  let count = 0;
  return { said, words, fetch: async (wish, signal) => {
    const { fetchSpeech } = await import("/static/js/api.js");
    count += 1;
    if (count > 1) throw new TypeError("no server");
    return fetchSpeech(wish, signal);
  } };
})()
"""


def test_the_browsers_voice_goes_on_with_the_next_word(run_voice: RunVoice):
    found = run_voice(
        f"{SPEAK} await tap.until('done', 'failed'); return {{ said: parts.said }};",
        parts=BROWSER_VOICE,
        text="Once upon a time there was a **small** boat on a wide river. It had no name.",
    )

    clauses = told(found, "clauses")[-1][1]
    positions = [ms for _, ms in told(found, "position")]
    assert {voice for voice, _ in found["said"]} == {"near"}
    by_server = clauses[0]["text"]
    said = " ".join(text for _, text in found["said"]).split()
    assert (by_server.split() + said) == (
        "Once upon a time there was a small boat on a wide river. It had no name.".split()
    )
    assert [code for (code,) in told(found, "notice")] == ["speech-changed"]
    assert told(found, "done") == [["r"]]
    assert len(told(found, "started")) == 1
    assert positions == sorted(positions)
    assert all(clause["endMs"] is not None for clause in clauses)


def test_the_browsers_voice_tells_the_word_at_which_it_was_stopped(run_voice: RunVoice):
    found = run_voice(
        f"{SPEAK} await tap.until('started'); await voiceTap.pause(630);"
        "const stopped = voice.stop(); await voiceTap.pause(200);"
        "const { splitAtHeard } = await import('/static/js/call/heard.js');"
        "const clauses = events.findLast(({ name }) => name === 'clauses').told[1];"
        "return { heard: splitAtHeard(clauses, stopped.ms)[0], words: parts.words.length };",
        parts=BROWSER_VOICE.replace("count > 1", "count > 0"),
        text="one two three four five six seven eight nine ten eleven twelve thirteen fourteen.",
    )

    assert found["words"] - 1 <= len(found["heard"].split()) <= found["words"]
    assert len(told(found, "done")) == 0


def test_without_any_voice_the_text_stays_and_is_told(run_voice: RunVoice):
    found = run_voice(
        f"{SPEAK} await tap.until('done', 'failed'); return {{}};",
        parts="{ fetch: () => Promise.reject(new TypeError('no server')) }",
    )

    assert told(found, "failed") == [["speech-failed", "r"]]
    assert told(found, "notice") == []
    assert "".join(clause["text"] for clause in told(found, "clauses")[-1][1]) == TEXT
