"""The page on OpenAI: both modes, with and without a key in the browser, over either transport."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import expect

from tests import speech
from tests.browser.talk_page import TalkPage
from tests.stand_ins.cloud import Asked
from tests.stand_ins.openai import SERVER_KEY, StandInOpenAI

BEARER = f"Bearer {SERVER_KEY}"
WAYS = ["ephemeral", "broker"]

Visit = Callable[..., TalkPage]


@pytest.fixture
def visit(openai, cloud_app, silent_browser, open_page) -> Visit:
    """Opens a window on the program in front of OpenAI, with settings of its user."""

    def start(way: str = "ephemeral", **settings: object) -> TalkPage:
        app = cloud_app(openai, CONNECT_VIA=way)
        scripts = ["room.js", "scripted_recognizer.js"]
        page = open_page(silent_browser, app, record=True, scripts=scripts)
        return page.prefer(**{"transport": "webrtc"} | settings).open()

    return start


def call_of_a_voice() -> speech.Sound:
    """A second of a tone, which the scripted ears take for speech."""
    time = np.arange(speech.RATE) / speech.RATE
    return (0.4 * np.sin(2 * np.pi * 300 * time)).astype(np.float32)


@pytest.mark.parametrize("way", WAYS)
def test_a_spoken_turn_is_answered_aloud(visit, openai, way):
    page = visit(way).connect()

    page.say(call_of_a_voice())
    page.replied(1)
    page.loud("remote")
    page.state_is("listening")

    assert page.texts() == ["Say something short.", "All right."]
    page.disconnect()
    openai.wait_for("/hangup")
    check_requests(openai, way)


@pytest.mark.parametrize("way", WAYS)
def test_text_mode_is_read_aloud(visit, openai, way):
    page = visit(way, mode="text").connect()
    page.page.evaluate("recognizer.ready()")

    page.recognize("Say something short")
    page.replied(1)
    page.loud("remote")
    page.state_is("listening")

    assert page.texts() == ["Say something short", "All right."]
    assert openai.sessions[-1]["output_modalities"] == ["text"]
    check_requests(openai, way)


def check_requests(openai: StandInOpenAI, way: str) -> None:
    """See who showed which key where."""
    minted, offered = openai.asked_for("/client_secrets"), openai.asked_for("/calls")
    assert offered
    if way == "broker":
        assert not minted
        assert {shown(asked) for asked in offered} == {BEARER}
    else:
        assert {shown(asked) for asked in minted} == {BEARER}
        assert all(shown(asked).startswith("Bearer ek_") for asked in offered)
    # One person in all of them, whose name OpenAI does not learn.
    assert all(len(identifier or "") == 64 for identifier in openai.safety_identifiers)


def shown(asked: Asked) -> str:
    """The key that a request shows."""
    return asked.headers["authorization"]


def test_the_orb_cuts_an_answer_at_what_was_heard(visit, openai):
    page = visit().connect()
    page.type("Tell me a long story")
    page.loud("remote")
    page.loud("remote", after=page.now() + 0.5)

    page.page.evaluate("document.querySelector('[data-testid=interrupt]').click()")
    page.silent("remote", seconds=0.5)

    openai.events.wait("output_audio_buffer.clear")
    page.type("Say something short")
    page.replied(2)
    assert page.turns("assistant").nth(0).get_attribute("data-interrupted") == "true"
    assert page.texts("assistant")[1] == "All right."


def test_settings_reach_a_call_that_goes_on(visit, openai):
    page = visit().connect()

    page.page.evaluate(
        "vivavoce.sendClientEvent(vivavoce.sessions[0].id, {type: 'response.cancel'})"
    )
    page.switch("text")
    page.type("Say something short")
    page.replied(1)

    expect(page.call).to_have_attribute("data-mode", "text")
    assert openai.sessions[-1]["output_modalities"] == ["text"]


@pytest.mark.parametrize("mode", ["native", "text"])
def test_the_relay_carries_a_call(visit, openai, mode):
    page = visit(mode=mode, transport="websocket").connect()

    page.type("Say something short")
    page.replied(1)
    page.loud("remote")
    page.state_is("listening")

    expect(page.call).to_have_attribute("data-transport", "websocket")
    assert not openai.asked_for("/calls")
    [relayed] = [
        asked
        for asked in openai.asked_for("/v1/realtime")
        if "openai-safety-identifier" in asked.headers
    ]
    assert shown(relayed) == BEARER
