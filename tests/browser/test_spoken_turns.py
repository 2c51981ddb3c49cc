"""Spoken questions, real models, real Chromium: what was said, what is written, what is heard."""

from __future__ import annotations

import pytest

from tests import speech
from tests.browser.conftest import BOTH_WAYS
from tests.browser.hearing import SETTLED_SECONDS, heard_words
from tests.words import letter_errors, word_errors

QUESTIONS = {
    "en-us": "Who was the first man on the moon?",
    "en-gb+f3": "Can you tell me a joke?",
    "en-us+m7": "Why do people like music?",
}
HEARD_ERRORS = 0.35
"""Word errors of tiny.en on one short question, in noise, by a robot's voice."""
SPOKEN_ERRORS = 0.45
"""Letter errors of tiny.en on the small voice and the small model's odd names; another sentence is
near 0.8."""
REPLY_MS = 90_000
"""The built-in model may speak for a minute."""


@pytest.mark.parametrize(
    ("voice", "noise"),
    [("en-us", False), ("en-gb+f3", True), ("en-us+m7", True)],
)
def test_a_spoken_question_is_written_down_and_answered_aloud(
    talking_app, hearing_browser, open_page, espeak, voice, noise
):
    said = speech.sequence([speech.speak(QUESTIONS[voice], voice)], lead=2.5, gap=20)
    browser = hearing_browser(speech.with_noise(said) if noise else said)
    page = open_page(browser, talking_app, record=True).open().connect()

    page.state_is("thinking", "speaking")
    reply = page.replied(timeout=REPLY_MS)
    page.silent("remote", seconds=SETTLED_SECONDS)
    page.state_is("listening")

    assert len(page.texts("user")) == 1
    assert word_errors(QUESTIONS[voice], page.texts("user")[0]) <= HEARD_ERRORS, page.texts("user")
    assert reply
    heard = heard_words(talking_app, page)
    assert letter_errors(reply, heard) <= SPOKEN_ERRORS, (reply, heard)


def test_three_turns_build_on_one_another(parrot, parrot_app, silent_browser, open_page, espeak):
    questions = ["My name is Robert.", "I live in London.", "What is my name?"]
    replies = ["Hello Robert, it is good to meet you.", "London is a large city.", "It is Robert."]
    sounds = [speech.speak(text) for text in questions]

    parrot.replies = replies
    page = open_page(silent_browser, parrot_app, record=True, scripts=["room.js"])
    page.open().connect()
    for number, sound in enumerate(sounds, start=1):
        page.say(sound)
        page.replied(number, timeout=60_000)
        # A question into a reply that is still heard would cut it.
        page.state_is("listening")
        page.silent("remote", seconds=SETTLED_SECONDS)
    last = parrot.turns(-1)
    spoken = page.texts()
    page.disconnect()

    assert [role for role, _ in last] == ["user", "assistant", "user", "assistant", "user"]
    assert [text for role, text in last if role == "assistant"] == replies[:2]
    for text, (_, reached) in zip(questions, last[::2], strict=True):
        assert word_errors(text, reached) <= HEARD_ERRORS, (text, reached)
    assert spoken == [text for pair in zip(page_words(last), replies, strict=True) for text in pair]


def page_words(context: list[tuple[str, str]]) -> list[str]:
    """The person's words in a context."""
    return [text for role, text in context if role == "user"]


@BOTH_WAYS
def test_a_typed_turn_works_before_between_and_without_speech(
    parrot, parrot_app, hearing_browser, open_page, espeak
):
    said = speech.sequence([speech.speak("Can you tell me a joke?")], lead=7, gap=20)
    replies = ["First answer.", "Second answer.", "Third answer."]

    parrot.replies = replies
    page = open_page(hearing_browser(said), parrot_app).open()
    page.type("Typed before any call")
    page.replied(1)
    page.part("connect").click()
    page.replied(2, timeout=40_000)
    page.type("Typed after speech")
    page.replied(3)
    context = parrot.turns(-1)
    written = page.texts("user")
    page.disconnect()

    assert written[0] == "Typed before any call"
    assert word_errors("Can you tell me a joke?", written[1]) <= HEARD_ERRORS
    assert written[2] == "Typed after speech"
    assert [text for _, text in context[1::2]] == replies[:2]
