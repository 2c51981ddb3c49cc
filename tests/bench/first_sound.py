"""first_sound_ratio and sentence_gap_ms: how soon text mode is heard, and how evenly.

Compared are two ways to the same reply, in the same call, with the same models:

* ours: last word of the person (the recogniser's final words) → first loud sample of the reply;
* the plain one: from the same moment wait for the whole reply, then have all of it synthesised and
  begin to play when all of that has come. It is asked for again outside the conversation, right
  after ours, so the model has read everything already and writes the same words: that makes the
  plain way a little faster than it would be alone.

A gap is silence that was added between two pieces of speech: the place of each piece is looked up
in the recording, and its own length, with the pauses that the voice makes by itself, is taken off.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from playwright.sync_api import Playwright

from tests import speech
from tests.bench.figures import percentiles
from tests.browser.chromium import launch
from tests.browser.talk_page import TalkPage
from tests.running import RunningApp

QUESTIONS = (
    "Can you tell me something about London?",
    "How do I boil an egg?",
    "Why do we need to sleep?",
    "Tell me about the history of bread.",
    "How does a bicycle work?",
    "Can you explain how rain is made?",
    "Why is the sea salty?",
    "How do I plant tomatoes?",
)
SHORTEST_REPLY = 3
"""Sentences; shorter replies are not compared."""
REPLY_MS = 90_000
SETTLED_SECONDS = 1.0
VOICE_RATE = 24_000
PATTERN = speech.RATE // 4
"""Samples of a piece that are looked for."""
NEAR_SECONDS = 0.02

# Asks for the same reply again, out of the conversation, and for all of its sound at once.
PLAIN_WAY = """async (turns) => {
    const begun = performance.now();
    const input = turns.map(([role, text]) => ({ type: "message", role, content:
        [{ type: role === "user" ? "input_text" : "output_text", text }] }));
    const reply = await new Promise((resolve) => {
        probe.channel.addEventListener("message", function listen({ data }) {
            const { type, response } = JSON.parse(data);
            if (type !== "response.done" || response.metadata?.way !== "plain") return;
            probe.channel.removeEventListener("message", listen);
            resolve(response.output[0].content[0].text);
        });
        probe.channel.send(JSON.stringify({ type: "response.create", response:
            { conversation: "none", metadata: { way: "plain" }, input } }));
    });
    const written = performance.now();
    const answer = await fetch("/api/realtime/tts", { method: "POST",
        headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text: reply }) });
    const sound = await answer.arrayBuffer();
    return { reply, seconds: (performance.now() - begun) / 1000,
        writing: (written - begun) / 1000, bytes: sound.byteLength };
}"""


# Says a sentence to the recogniser; gives the moment of its last word.
SAY = """async (sentence) => {
    const words = sentence.split(" ");
    for (let count = 1; count < words.length; count += 1) {
        recognizer.hear(words.slice(0, count).join(" "));
        await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const at = probe.clock();
    recognizer.finish(sentence);
    return at;
}"""


@dataclass
class Heard:
    """All that was measured, in seconds, one entry for each reply or for each place between two
    pieces of speech."""

    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)


def measure_first_sound(
    playwright: Playwright, program: str, app: RunningApp, folder: Path
) -> dict[str, object]:
    """Ask all questions in one call of text mode."""
    microphone = speech.microphone_file(folder / "nothing-said.wav", speech.silence(1))
    heard = Heard()
    with launch(playwright, program, microphone) as browser:
        scripts = ["scripted_recognizer.js", "keep_speech.js"]
        page = TalkPage(browser, app.url, record=True, scripts=scripts)
        page.prefer(mode="text").open().connect()
        page.page.evaluate("recognizer.ready()")
        for number, question in enumerate(QUESTIONS, start=1):
            _ask(page, question, number, heard)
        page.close()
    ratios = [mine / other for mine, other in zip(heard.ours, heard.plain, strict=True)]
    return {
        "first_sound_ratio": percentiles(ratios, digits=2),
        "first_sound_ms": percentiles([1000 * seconds for seconds in heard.ours]),
        "whole_reply_ms": percentiles([1000 * seconds for seconds in heard.plain]),
        "sentence_gap_ms": percentiles([1000 * seconds for seconds in heard.gaps]),
        "sentence_pause_ms": percentiles([1000 * seconds for seconds in heard.pauses]),
    }


def _ask(page: TalkPage, question: str, number: int, heard: Heard) -> None:
    page.recording()
    spoken = page.page.evaluate(SAY, question)
    first = page.begun("remote", after=spoken, timeout=REPLY_MS)
    reply = page.replied(number, timeout=REPLY_MS)
    page.silent("remote", seconds=SETTLED_SECONDS, timeout=REPLY_MS)
    pieces = [decoded(piece) for piece in page.page.evaluate("speechKept.take()")]
    sound = page.recording().remote
    if len(re.findall(r"[.!?](?:\s|$)", reply)) < SHORTEST_REPLY:
        return
    turns = [
        (row.get_attribute("data-role"), row.locator(".turn-text").inner_text().strip())
        for row in page.turns().all()[:-1]
    ]
    plain = page.page.evaluate(PLAIN_WAY, turns)
    page.page.evaluate("speechKept.take()")
    heard.ours.append(first - spoken)
    heard.plain.append(plain["seconds"])
    places = placed(sound, [piece for piece in pieces if len(piece)])
    for (_, end), (begin, _) in pairwise(places):
        heard.gaps.append(begin - end)
        heard.pauses.append(silence_around(sound, (begin + end) / 2))


def decoded(base64_samples: str) -> speech.Sound:
    """Speech as it came from the server, at RATE."""
    samples = np.frombuffer(base64.b64decode(base64_samples), dtype="<i2") / 32768
    return speech.resampled(samples.astype(np.float32), VOICE_RATE, speech.RATE)


def placed(recording: speech.Sound, pieces: list[speech.Sound]) -> list[tuple[float, float]]:
    """Find pieces of speech in a recording, in their order; begin and end of each, in seconds."""
    places = []
    after = 0
    for piece in pieces:
        # A loud part is enough, and is not mistaken for another.
        loudest = int(np.argmax(np.convolve(piece**2, np.ones(PATTERN), mode="same")))
        offset = max(0, loudest - PATTERN // 2)
        pattern = piece[offset : offset + PATTERN]
        size = len(recording) + len(pattern)
        likeness = np.fft.irfft(
            np.fft.rfft(recording, size) * np.conj(np.fft.rfft(pattern, size)), size
        )[: len(recording)]
        found = after + offset + int(np.argmax(likeness[after + offset :]))
        begin = found - offset
        after = max(0, begin)
        places.append((begin / speech.RATE, (begin + len(piece)) / speech.RATE))
    return places


def silence_around(recording: speech.Sound, moment: float) -> float:
    """How long it is silent at a moment."""
    spans = speech.loud_spans(recording, gap=0.01)
    ends = [end for _, end in spans if end <= moment + NEAR_SECONDS]
    begins = [begin for begin, _ in spans if begin >= (ends[-1] if ends else 0)]
    return begins[0] - ends[-1] if ends and begins else 0.0
