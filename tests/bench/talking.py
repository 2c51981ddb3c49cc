"""voice_to_voice_ms: last loud sample of the microphone → first loud sample of the reply."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Playwright

from tests import speech
from tests.bench.figures import percentiles
from tests.browser.chromium import launch
from tests.browser.talk_page import TalkPage
from tests.running import RunningApp

QUESTIONS = (
    "What is the capital of France?",
    "Can you tell me something about London?",
    "How many days are there in a week?",
    "What colour is the sky?",
    "Who wrote Romeo and Juliet?",
    "Where do penguins live?",
    "What do bees make?",
    "Why do we need to sleep?",
    "What is your favourite season?",
    "How do I boil an egg?",
    "What is the largest ocean?",
    "When should I plant tomatoes?",
)
PAUSE_SECONDS = 7.0
"""Between questions; a reply is cut short after LISTEN_SECONDS so that it never meets one."""
LISTEN_SECONDS = 0.6
WITHIN_QUESTION = 0.9
"""Seconds; shorter pauses belong to one question."""


def measure_talk(
    playwright: Playwright, program: str, app: RunningApp, folder: Path
) -> dict[str, object]:
    """Ask all questions in one call."""
    said = speech.sequence(
        [speech.speak(text, voice) for text, voice in _spoken()], lead=3, gap=PAUSE_SECONDS
    )
    microphone = speech.microphone_file(folder / "questions.wav", said)
    with launch(playwright, program, microphone) as browser:
        page = TalkPage(browser, app.url, record=True).open().connect()
        end = page.now() + len(said) / speech.RATE
        while (left := end - page.now()) > LISTEN_SECONDS:
            try:
                begun = page.loud("remote", after=page.now(), timeout=1000 * left)
            except PlaywrightError:
                break  # the last question stays without an answer, which the count will show
            page.wait_until(begun + LISTEN_SECONDS)
            page.page.evaluate("document.querySelector('[data-testid=interrupt]').click()")
            page.silent("remote", seconds=0.5)
        sound = page.recording()
        stages = page.page.evaluate("probe.stages")
        page.close()
    gaps = reply_gaps(
        speech.loud_spans(sound.mic, gap=WITHIN_QUESTION), speech.loud_spans(sound.remote)
    )
    return {
        "voice_to_voice_ms": percentiles([1000 * gap for gap in gaps]),
        "stages_ms": _stage_medians(stages),
    }


def reply_gaps(
    questions: list[tuple[float, float]], replies: list[tuple[float, float]]
) -> list[float]:
    """Give the seconds between each question's end and the first sound after its begin.

    A reply that began before its question ended counts as well: the gap is negative.
    """
    gaps = []
    for index, (begin, end) in enumerate(questions):
        following = questions[index + 1][0] if index + 1 < len(questions) else float("inf")
        starts = [start for start, _ in replies if begin < start < following]
        if starts:
            gaps.append(starts[0] - end)
    return gaps


def _spoken() -> list[tuple[str, str]]:
    voices = speech.ESPEAK_VOICES
    return [(text, voices[index % len(voices)]) for index, text in enumerate(QUESTIONS)]


def _stage_medians(stages: list[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for times in stages for name in times)
    found = {
        name: [times[name] for times in stages if times.get(name) is not None] for name in names
    }
    return {name: percentiles(values)["p50"] for name, values in found.items() if values}
