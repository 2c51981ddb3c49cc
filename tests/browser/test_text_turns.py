"""Text mode: recognised words, an answer in text, a voice of the page's own; no sound leaves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import speech
from tests.browser.hearing import SETTLED_SECONDS, heard_words
from tests.browser.talk_page import PATIENCE_MS, TalkPage
from tests.browser.test_spoken_turns import HEARD_ERRORS, REPLY_MS, SPOKEN_ERRORS
from tests.words import letter_errors, word_errors

QUESTION = "Who was the first man on the moon?"
NOTHING_SENT = {"packets": 0, "bytes": 0, "tracks": 0}


def answered_aloud(page: TalkPage, app, count: int = 1) -> str:
    """Wait for a reply and its sound, and compare them; gives the reply."""
    reply = page.replied(count, timeout=REPLY_MS)
    page.silent("remote", seconds=SETTLED_SECONDS)
    page.state_is("listening")
    heard = heard_words(app, page)
    assert reply
    assert letter_errors(reply, heard) <= SPOKEN_ERRORS, (reply, heard)
    return reply


def test_recognised_words_are_answered_aloud_and_no_sound_leaves(
    talking_app, silent_browser, open_page
):
    page = open_page(
        silent_browser, talking_app, record=True, scripts=["scripted_recognizer.js"]
    ).prefer(mode="text")
    page.open().connect()
    page.page.evaluate("recognizer.ready()")

    page.page.evaluate("recognizer.hear('Who was the first')")
    expect(page.part("caption")).to_contain_text("Who was the first")
    page.state_is("user-speaking")
    page.page.evaluate("words => recognizer.finish(words)", QUESTION)
    page.state_is("thinking", "speaking")
    answered_aloud(page, talking_app)

    assert page.texts("user") == [QUESTION]
    assert page.sent_audio() == NOTHING_SENT
    assert page.call.get_attribute("data-hearing") == "browser"


def test_the_recogniser_that_this_browser_has_fails_and_the_server_writes_the_words_down(
    talking_app, hearing_browser, open_page, espeak
):
    said = speech.sequence([speech.speak(QUESTION)], lead=2.5, gap=30)
    page = open_page(hearing_browser(said), talking_app, record=True).prefer(mode="text")
    page.open().connect()

    expect(notice(page, "recognizer-changed")).to_have_count(1, timeout=PATIENCE_MS)
    page.state_is("thinking", "speaking")
    answered_aloud(page, talking_app)

    assert len(page.texts("user")) == 1
    assert word_errors(QUESTION, page.texts("user")[0]) <= HEARD_ERRORS, page.texts("user")
    assert page.call.get_attribute("data-hearing") == "server"
    assert page.sent_audio() == NOTHING_SENT


def test_the_words_that_are_spoken_during_the_change_are_written_down(
    talking_app, silent_browser, open_page, espeak
):
    scripts = ["scripted_recognizer.js", "room.js"]
    page = open_page(silent_browser, talking_app, record=True, scripts=scripts)
    page.prefer(mode="text").open().connect()
    page.page.evaluate("recognizer.ready()")

    page.say(speech.speak(QUESTION))
    page.loud("mic")
    page.page.evaluate("recognizer.hear('Who was')")
    page.page.evaluate("recognizer.failure = 'network'; recognizer.fail('network')")
    page.replied(1, timeout=REPLY_MS)

    assert len(page.texts("user")) == 1
    assert word_errors(QUESTION, page.texts("user")[0]) <= HEARD_ERRORS, page.texts("user")
    expect(notice(page, "recognizer-changed")).to_have_count(1)


@pytest.mark.parametrize("when", ["before a call", "in a call"])
def test_typed_words_need_no_microphone(scripted_app, silent_browser, open_page, when):
    page = open_page(silent_browser, scripted_app, record=True).prefer(mode="text").open()
    page.page.evaluate(
        """() => { window.asked = 0; navigator.mediaDevices.getUserMedia = async () => {
            window.asked += 1;
            throw new DOMException("denied", "NotAllowedError");
        } }"""
    )
    if when == "in a call":
        page.part("connect").click()
        expect(page.part("notice").first).to_be_visible()

    page.type("Say something short")
    page.loud("remote")
    page.replied(1)

    assert page.texts() == ["Say something short", "All right."]
    assert page.page.evaluate("asked") == (1 if when == "in a call" else 0)
    assert page.sent_audio() == NOTHING_SENT


def notice(page: TalkPage, code: str):
    """Notices of one kind."""
    return page.page.locator(f'[data-testid=notice][data-code="{code}"]')
