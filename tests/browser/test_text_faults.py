"""What may fail in text mode: voices, recognisers, microphones, loudspeakers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests import speech
from tests.browser.conftest import OpenPage
from tests.browser.talk_page import PATIENCE_MS, TalkPage
from tests.running import RunningApp

STORY = (
    "First we rest a while in the shade. Then I cough a little and drink some water. "
    "At the end we all go home."
)
SAID_TWICE = 4
"""Words: how far a voice came that broke off while it was heard is judged by its pace."""
RESTART_SECONDS = 0.25
"""The least between two starts of a recogniser."""
CRACKLE_SECONDS = 0.08
"""A shorter hole is no pause between words but a buffer that ran dry."""


def notice(page: TalkPage, code: str) -> Locator:
    """Notices of one kind."""
    return page.page.locator(f'[data-testid=notice][data-code="{code}"]')


def spoken_by_the_browser(page: TalkPage) -> str:
    """What the browser's own voice has said."""
    return " ".join(page.page.evaluate("synthesis.spoken.flat()"))


def expect_failed_requests(page: TalkPage) -> None:
    """The browser itself logs a request that broke off."""
    page.complaints[:] = [
        found for found in page.complaints if not re.search(r"ERR_|status of 50\d", found)
    ]


# The voice fails


def test_the_browsers_voice_says_the_rest_of_a_reply_whose_voice_broke_off(
    app_with, silent_browser, open_page
):
    page = open_page(
        silent_browser, app_with("hoarse.toml"), record=True, scripts=["scripted_synthesis.js"]
    ).prefer(mode="text")
    page.open()

    page.type("Tell me a story")
    assert page.replied(1) == STORY
    page.state_is("listening")

    expect(notice(page, "speech-changed")).to_have_count(1)
    rest = spoken_by_the_browser(page)
    assert STORY.endswith(rest)
    page.silent("remote", seconds=0.5)
    # A slow machine pauses between what came before the failure and after it.
    spans = speech.loud_spans(page.recording().remote, gap=0.02)
    words_by_server = round(sum(end - begin for begin, end in spans) / 0.150)
    more = words_by_server + len(rest.split()) - len(STORY.split())
    assert -1 <= more <= SAID_TWICE
    before = page.now()
    page.type("Well again")
    page.loud("remote", after=before)
    page.replied(2)
    assert spoken_by_the_browser(page) == rest
    expect_failed_requests(page)


def test_without_any_voice_the_reply_is_read(app_with, silent_browser, open_page):
    page = open_page(silent_browser, app_with("hoarse.toml"), record=True).prefer(mode="text")
    page.open()

    page.type("Tell me a story")

    assert page.replied(1) == STORY
    expect(notice(page, "speech-failed")).to_have_count(1)
    page.state_is("listening")
    page.silent("remote", seconds=0.5)
    before = page.now()
    page.type("Well again")
    page.loud("remote", after=before)
    page.replied(2)
    expect_failed_requests(page)


def test_a_dead_engine_costs_no_word_of_the_reply(app_with, silent_browser, open_page):
    app = app_with("hoarse.toml")
    page = open_page(silent_browser, app, record=True).prefer(mode="text").open()
    page.type("Tell me a story")
    page.loud("remote")

    app.programs["engine"].kill()

    assert page.replied(1) == STORY
    page.state_is("listening")
    page.type("Are you there")
    page.replied(2)
    expect_failed_requests(page)


def test_a_slow_voice_waits_at_the_start_and_does_not_crackle(app_with, silent_browser, open_page):
    page = open_page(silent_browser, app_with("slow.toml"), record=True).prefer(mode="text").open()

    page.type("Count")
    page.replied(1)
    page.silent("remote", seconds=1.0)

    spans = speech.loud_spans(page.recording().remote, gap=0.02)
    holes = [later[0] - earlier[1] for earlier, later in zip(spans[:-1], spans[1:], strict=True)]
    assert [hole for hole in holes if hole < CRACKLE_SECONDS] == []
    assert len(holes) <= 4, holes


# The recogniser fails


def talking(app: RunningApp, browser: Browser, open_page: OpenPage, plan: str = "{}") -> TalkPage:
    """A live call in text mode with a recogniser that follows a plan."""
    scripts = [f"window.recognizerPlan = {plan}", "scripted_recognizer.js", "room.js"]
    page = open_page(browser, app, record=True, scripts=scripts).prefer(mode="text")
    return page.open().connect()


@pytest.mark.parametrize("code", ["network", "service-not-allowed"])
def test_a_recogniser_that_cannot_work_is_given_up_once(
    scripted_app, silent_browser, open_page, espeak, code
):
    page = talking(scripted_app, silent_browser, open_page, f"{{ failure: '{code}' }}")

    expect(page.call).to_have_attribute("data-hearing", "server")
    page.say(speech.speak("Say something short"))
    page.replied(1)

    assert len(page.texts("user")) == 1
    assert page.page.evaluate("recognizer.starts.length") <= 3
    expect(notice(page, "recognizer-changed")).to_have_count(1)
    page.disconnect()
    starts = page.page.evaluate("recognizer.starts.length")
    page.connect()
    expect(page.call).to_have_attribute("data-hearing", "server")
    assert page.page.evaluate("recognizer.starts.length") == starts


@pytest.mark.parametrize("how", ["fail('no-speech')", "end()"])
def test_a_recogniser_that_ends_by_itself_is_started_again_without_haste(
    scripted_app, silent_browser, open_page, how
):
    page = talking(scripted_app, silent_browser, open_page)
    page.page.evaluate(
        """async (how) => {
            const end = new Function(`recognizer.${how}`);
            for (let times = 0; times < 4; times += 1) { await recognizer.ready(); end(); }
            await recognizer.ready();
        }""",
        how,
    )

    page.recognize("Say something short")
    page.replied(1)

    starts = page.page.evaluate("recognizer.starts")
    pauses = [(b - a) / 1000 for a, b in zip(starts[:-1], starts[1:], strict=True)]
    assert len(starts) == 5
    assert min(pauses) >= RESTART_SECONDS - 0.01
    assert page.call.get_attribute("data-hearing") == "browser"
    expect(notice(page, "recognizer-changed")).to_have_count(0)


def test_words_that_came_before_the_recogniser_ended_are_kept(
    scripted_app, silent_browser, open_page
):
    page = talking(scripted_app, silent_browser, open_page)
    page.page.evaluate("recognizer.ready()")

    page.page.evaluate("recognizer.hear('Say something short'); recognizer.end()")

    page.replied(1)
    assert page.texts("user") == ["Say something short"]


def test_a_muted_microphone_is_not_listened_to(scripted_app, silent_browser, open_page):
    page = talking(scripted_app, silent_browser, open_page)
    page.page.evaluate("recognizer.ready()")
    page.part("mute").click()
    expect(page.call).to_have_attribute("data-muted", "true")

    page.page.evaluate("recognizer.hear('This is'); recognizer.finish('This is private')")
    page.part("mute").click()
    page.recognize("Say something short")
    page.replied(1)

    assert page.texts("user") == ["Say something short"]


# Microphone and loudspeaker


def test_a_microphone_that_is_lost_leaves_typing_and_the_voice(
    scripted_app, silent_browser, open_page
):
    page = talking(scripted_app, silent_browser, open_page)
    page.page.evaluate("recognizer.ready()")

    page.page.evaluate("room.unplug(); recognizer.failure = 'audio-capture'")
    page.page.evaluate("recognizer.fail('audio-capture')")

    expect(notice(page, "microphone-lost")).to_be_visible()
    page.type("Say something short")
    page.loud("remote")
    page.replied(1)


REFUSE_SOUND = """(() => {
    const { play } = HTMLMediaElement.prototype;
    let isAllowed = false;
    HTMLMediaElement.prototype.play = function () {
        if (isAllowed) return play.call(this);
        this.autoplay = false;
        this.pause();
        return Promise.reject(new DOMException("tap first", "NotAllowedError"));
    };
    window.allowSound = () => { isAllowed = true; };
})()"""


def test_sound_that_is_refused_is_heard_from_its_begin_after_a_tap(
    scripted_app, silent_browser, open_page
):
    page = open_page(silent_browser, scripted_app, record=True, scripts=[REFUSE_SOUND])
    page.prefer(mode="text").open()

    page.type("Say something short")
    refused = notice(page, "autoplay-refused")
    expect(refused).to_be_visible(timeout=PATIENCE_MS)
    page.page.evaluate("allowSound()")
    refused.get_by_role("button").first.click()
    page.replied(1)
    page.silent("remote", seconds=0.5)

    begin, end = speech.loud_spans(page.recording().remote)[0]
    assert end - begin == pytest.approx(0.6, abs=0.1)  # two words of 300 ms
    assert page.texts("assistant") == ["All right."]


# Nothing that a person needs to know of


def test_tapping_when_nothing_sounds_and_typing_twice_does_no_harm(
    scripted_app, silent_browser, open_page
):
    # A move to the relay, which a slow machine may need, would be told.
    page = open_page(silent_browser, scripted_app, record=True)
    page.prefer(mode="text", transport="webrtc").open()
    page.type("Say something short")
    page.replied(1)
    page.state_is("listening")

    for _ in range(2):
        page.page.evaluate("document.querySelector('[data-testid=interrupt]').click()")
    page.type("First of two")
    page.type("Second of two")
    page.state_is("listening")

    assert page.texts("user") == ["Say something short", "First of two", "Second of two"]
    assert "You said: Second of two" in page.texts("assistant")
    expect(page.part("notice")).to_have_count(0)
