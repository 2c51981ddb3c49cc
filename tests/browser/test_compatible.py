"""The page on servers that say less than OpenAI, or say it in older words."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from tests import speech
from tests.browser.talk_page import TalkPage
from tests.stand_ins.events import Event

BETA_NAMES = {
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "conversation.item.added": "conversation.item.created",
}
NOT_IN_BETA = {"conversation.item.done", "rate_limits.updated"}
FEW = {
    "session.created",
    "error",
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "conversation.item.input_audio_transcription.completed",
    "response.created",
    "response.output_audio_transcript.delta",
    "response.output_audio_transcript.done",
    "response.output_text.delta",
    "response.output_text.done",
    "response.done",
}
"""About what Hugging Face's speech-to-speech and LocalAI say: nothing of the sound."""

Visit = Callable[..., TalkPage]


@pytest.fixture
def visit(openai, cloud_app, silent_browser, open_page) -> Visit:
    """Opens a window on the program in front of a server of few or other words."""

    def start(**settings: object) -> TalkPage:
        app = cloud_app(openai, CONNECT_VIA="ephemeral")
        scripts = ["room.js", "scripted_recognizer.js"]
        page = open_page(silent_browser, app, record=True, scripts=scripts)
        # Whether the relay is faster on a busy machine is not the question here.
        return page.prefer(transport="webrtc", **settings).open()

    return start


def tone() -> speech.Sound:
    """A second of a tone, which the scripted ears take for speech."""
    time = np.arange(speech.RATE) / speech.RATE
    return (0.4 * np.sin(2 * np.pi * 300 * time)).astype(np.float32)


def in_beta_words(event: Event) -> Iterable[Event]:
    """Give the event as a server of the beta would say it."""
    if event["type"] in NOT_IN_BETA:
        return []
    changed = event | {"type": BETA_NAMES.get(event["type"], event["type"])}
    response = changed.get("response")
    if isinstance(response, dict) and "output_modalities" in response:
        rest = {name: value for name, value in response.items() if name != "output_modalities"}
        is_sound = response["output_modalities"] == ["audio"]
        changed["response"] = rest | {"modalities": ["text", "audio"] if is_sound else ["text"]}
    return [changed]


def in_few_words(event: Event) -> Iterable[Event]:
    """Give the event if such a server says it at all."""
    return [event] if event["type"] in FEW else []


@pytest.fixture(params=["filtered", "few", "beta"])
def server(request: pytest.FixtureRequest, openai) -> str:
    """Each way of saying less."""
    if request.param == "filtered":
        openai.filtered = True
    else:
        openai.events.rewrite = {"few": in_few_words, "beta": in_beta_words}[request.param]
    return str(request.param)


def test_a_spoken_turn_is_heard_and_written(visit, server):
    page = visit().connect()

    page.say(tone())
    page.loud("remote")
    page.state_is("speaking", "listening")
    page.replied(1)
    page.state_is("listening")

    assert page.texts() == ["Say something short.", "All right."]


def test_typed_turns_follow_each_other(visit, server):
    page = visit().connect()

    page.type("Say something short")
    page.replied(1)
    page.state_is("listening")
    page.type("Say something short again")
    page.replied(2)
    page.state_is("listening")

    assert page.texts("assistant") == ["All right.", "All right."]


def test_text_mode_is_read_aloud(visit, server):
    page = visit(mode="text").connect()

    page.type("Say something short")
    page.replied(1)
    page.loud("remote")
    page.state_is("listening")
    page.type("Say something short again")
    page.replied(2)

    assert page.texts("assistant") == ["All right.", "All right."]


def test_the_orb_silences_a_long_answer(visit, server):
    page = visit().connect()
    page.type("Tell me a long story")
    page.loud("remote")
    page.loud("remote", after=page.now() + 0.5)

    page.page.evaluate("document.querySelector('[data-testid=interrupt]').click()")
    page.silent("remote", seconds=0.5)
    page.state_is("listening")

    page.type("Say something short")
    page.replied(2)
    assert page.texts("assistant")[1] == "All right."
    assert page.turns("assistant").nth(0).get_attribute("data-interrupted") == "true"
