"""Interrupting a reply: by voice and by the orb."""

from __future__ import annotations

import tomllib

import pytest

from tests import speech
from tests.browser.conftest import BOTH_WAYS
from tests.browser.talk_page import TalkPage
from tests.browser.waiting_words import kept
from tests.conftest import DATA

SILENT_WITHIN = 0.300
"""Seconds from the first loud sample of the interruption to the last loud one of the reply."""
PROMPT = "Please tell me a long story."
INTERRUPTION = "That is enough for today"


FULL_REPLY = tomllib.loads((DATA / "interrupted.toml").read_text("utf-8"))["thinker"]["rules"][0][
    "reply"
]


def stored_turns(page: TalkPage) -> list[tuple[str, str, bool]]:
    """Role, words and cut mark of every turn, read back from the server after a reload."""
    address = f"{page.url}/conversations/{page.conversation_id}"
    kept(page.page, 0)  # the last words may still be on their way
    page.page.goto(address)
    rows = page.turns()
    return [
        (
            rows.nth(index).get_attribute("data-role") or "",
            rows.nth(index).locator(".turn-text").inner_text().strip(),
            rows.nth(index).get_attribute("data-interrupted") == "true",
        )
        for index in range(rows.count())
    ]


@pytest.fixture
def interrupted_by_voice(app_with, hearing_browser, open_page, espeak) -> TalkPage:
    """A call whose long reply is spoken into."""
    sounds = [speech.speak(PROMPT), speech.speak(INTERRUPTION)]
    said = speech.sequence(sounds, lead=2.5, gap=[4.0, 20.0])
    return (
        open_page(hearing_browser(said), app_with("interrupted.toml"), record=True).open().connect()
    )


@pytest.mark.alone
def test_speaking_into_the_reply_silences_it(interrupted_by_voice):
    page = interrupted_by_voice

    page.replied(2)
    page.silent("remote", seconds=1.0)

    sound = page.recording()
    prompt, interruption = speech.loud_spans(sound.mic, gap=1.5)[:2]
    first_reply = speech.loud_spans(sound.remote, gap=0.25)[0]
    assert prompt[1] < first_reply[0] < interruption[0] < first_reply[1]
    assert first_reply[1] - interruption[0] <= SILENT_WITHIN

    turns = stored_turns(page)
    assert [role for role, _, _ in turns] == ["user", "assistant", "user", "assistant"]
    assert [cut for _, _, cut in turns] == [False, True, False, False]
    heard = turns[1][1]
    assert heard
    assert FULL_REPLY.startswith(heard.rstrip(" …."))
    assert len(heard) < len(FULL_REPLY)


@pytest.mark.alone
@BOTH_WAYS
def test_tapping_the_orb_silences_the_reply(app_with, hearing_browser, open_page, espeak):
    sounds = [speech.speak(PROMPT), speech.speak("What time is it?")]
    said = speech.sequence(sounds, lead=2.5, gap=[9.0, 20.0])
    page = open_page(hearing_browser(said), app_with("interrupted.toml"), record=True)
    page.open().connect()
    page.loud("remote")
    page.loud("remote", after=page.now() + 1.0)

    tapped = page.page.evaluate(
        "() => { document.querySelector('[data-testid=interrupt]').click(); return probe.now }"
    )

    page.silent("remote", seconds=0.8)
    page.state_is("listening", "user-speaking")
    first_reply = speech.loud_spans(page.recording().remote, gap=0.25)[0]
    assert first_reply[1] - tapped <= SILENT_WITHIN
    page.replied(2)

    turns = stored_turns(page)
    assert [cut for _, _, cut in turns] == [False, True, False, False]
    assert FULL_REPLY.startswith(turns[1][1].rstrip(" …."))


def test_tapping_twice_or_after_the_reply_does_no_harm(silent_page):
    page = silent_page.connect()
    page.type("Say something short")
    page.replied(1)
    page.state_is("listening")

    for _ in range(2):
        page.page.evaluate("document.querySelector('[data-testid=interrupt]').click()")
    page.type("Say something short")

    page.replied(2)
    assert page.turns("assistant").nth(0).get_attribute("data-interrupted") == "false"
