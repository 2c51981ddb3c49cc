"""A voice from elsewhere reads the answers aloud; where it fails, the engine's goes on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import expect

from tests import speech
from tests.browser.test_text_faults import expect_failed_requests, notice, spoken_by_the_browser
from tests.providers.stand_in_audio import Audio
from tests.providers.stand_in_elevenlabs import KEY, OWN_VOICE, StandInElevenLabs

WORD_SECONDS = 0.3
"""Of both voices; script.toml says so for the engine's."""
SAMPLES = int(24_000 * WORD_SECONDS)
WORDS_OF_HALF = 6


def tones(count: int) -> list[bytes]:
    """A tone for each word, with soft edges, as the engine's scripted voice has them."""
    time = np.arange(SAMPLES) / 24_000
    edge = np.minimum(1, np.minimum(np.arange(SAMPLES), SAMPLES - np.arange(SAMPLES)) / 480)
    tone = (8000 * np.sin(2 * np.pi * 330 * time) * edge).astype("<i2").tobytes()
    return [tone] * count


@pytest.fixture
def cloud() -> Iterator[StandInElevenLabs]:
    with StandInElevenLabs() as running:
        running.sound_of = lambda text: Audio(pieces=tones(len(text.split())))
        yield running


@pytest.fixture
def talk(app_with, silent_browser, open_page, cloud):
    app = app_with(
        "script.toml",
        SPEECH_PROVIDER="elevenlabs",
        ELEVENLABS_BASE_URL=cloud.url,
        ELEVENLABS_API_KEY=KEY,
        ELEVENLABS_VOICE_ID=OWN_VOICE,
    )
    options = {"record": True, "scripts": ["scripted_synthesis.js"]}
    return open_page(silent_browser, app, **options).prefer(mode="text")


def test_an_own_voice_from_elsewhere_reads_answers_aloud(talk, cloud):
    talk.open().type("Tell me something short")

    talk.loud("remote")
    assert talk.replied(1) == "All right."

    assert [wish["voice"] for wish in cloud.audio.spoken] == [OWN_VOICE]
    expect(notice(talk, "speech-stood-in")).to_have_count(0)


def test_a_voice_that_dies_in_a_sentence_is_followed_by_the_engines_at_the_next_word(talk, cloud):
    asked = []

    def half(text: str) -> Audio:
        asked.append(text)
        count = len(text.split())
        if len(asked) == 2:
            return Audio(pieces=tones(WORDS_OF_HALF), ending="cut")
        return Audio(pieces=tones(count))

    cloud.sound_of = half
    talk.open().type("Tell me a long story")

    story = talk.replied(1, timeout=60_000)
    talk.silent("remote", seconds=2.0, timeout=60_000)

    expect(notice(talk, "speech-stood-in")).to_have_count(1)
    assert spoken_by_the_browser(talk) == ""
    spans = speech.loud_spans(talk.recording().remote, gap=0.5)
    words = sum(end - begin for begin, end in spans) / WORD_SECONDS
    assert words == pytest.approx(len(story.split()), abs=1.5)
    expect_failed_requests(talk)
