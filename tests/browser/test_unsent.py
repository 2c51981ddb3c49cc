"""Words that the server cannot take: they wait in the browser, whatever may happen to the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.chromium import flags
from tests.browser.cloud_page import notice
from tests.browser.talk_page import PATIENCE_MS, TalkPage
from tests.browser.waiting_words import expect_failed_requests, exported, kept, locked
from tests.conftest import DATA
from tests.running import RunningApp
from tests.stand_ins.engine_child import KEY, EngineChild

FIRST = ["My name is Ada", "You said: My name is Ada"]
SECOND = ["Are you there", "You said: Are you there"]
TOLD_MS = 20_000
"""After ten seconds of waiting, which begin when a locked database has been waited for."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    """A program of the test's own, which may end and begin again; its engine outlives it."""
    with (
        EngineChild(DATA / "quick.toml", tmp_path / "engine.log") as engine,
        RunningApp(tmp_path / "app", ENGINE_URL=engine.url, ENGINE_API_KEY=KEY) as running,
    ):
        yield running


@pytest.fixture
def page(request, silent_browser, open_page) -> Iterator[TalkPage]:
    """Ada has told her name and was answered; both is stored."""
    app = "app" if "app" in request.fixturenames else "quick_app"
    opened = open_page(silent_browser, request.getfixturevalue(app))
    opened.prefer(transport="webrtc").open().connect()
    say(opened, 1, FIRST[0])
    kept(opened.page, 0)
    yield opened
    expect_failed_requests(opened)


def say(page: TalkPage, count: int, words: str) -> None:
    """Type something and wait for its answer."""
    page.type(words)
    assert page.replied(count) == f"You said: {words}"
    page.state_is("listening")


def show(page: TalkPage, conversation_id: str) -> None:
    """Load the page of a conversation anew."""
    page.page.goto(f"{page.url}/conversations/{conversation_id}")
    expect(page.call).to_be_visible()


def test_a_restarted_server_costs_no_word_and_the_talk_goes_on(app, page):
    page.page.evaluate("probe.states.length = 0")
    app.kill()

    say(page, 2, SECOND[0])
    assert kept(page.page, 2) == SECOND
    app.__enter__()
    kept(page.page, 0)

    seen = {each["state"] for each in page.page.evaluate("probe.states")}
    assert seen <= {"listening", "thinking", "speaking"}
    assert exported(page, page.conversation_id) == FIRST + SECOND
    say(page, 3, "Well")
    kept(page.page, 0)
    page.disconnect()
    show(page, page.conversation_id)
    assert page.texts() == [*FIRST, *SECOND, "Well", "You said: Well"]


def test_words_wait_through_a_reload_and_stand_there_meanwhile(quick_app, page):
    conversation_id = page.conversation_id
    with locked(quick_app):
        say(page, 2, SECOND[0])
        expect(notice(page, "turns-waiting")).to_have_count(1, timeout=TOLD_MS)
        show(page, conversation_id)

        expect(page.turns()).to_have_count(4)
        assert page.texts() == FIRST + SECOND
        assert exported(page, conversation_id) == FIRST
    kept(page.page, 0)

    assert exported(page, conversation_id) == FIRST + SECOND
    assert page.texts() == FIRST + SECOND
    show(page, conversation_id)
    assert page.texts() == FIRST + SECOND


def test_a_call_knows_the_words_that_waited(quick_app, page):
    conversation_id = page.conversation_id
    with locked(quick_app):
        say(page, 2, SECOND[0])
        show(page, conversation_id)
        expect(page.turns()).to_have_count(4)
    page.connect()

    page.type("what do you know")

    answer = page.replied(3)
    for line in FIRST + SECOND:
        assert answer.count(line) >= 1, answer
    kept(page.page, 0)
    assert exported(page, conversation_id) == [*FIRST, *SECOND, "what do you know", answer]


def test_the_network_is_lost_and_comes_back(page):
    page.context.set_offline(True)
    page.type(SECOND[0])
    kept(page.page, 2)

    page.context.set_offline(False)

    kept(page.page, 0)
    assert exported(page, page.conversation_id) == FIRST + SECOND


def test_another_window_shows_what_waits_and_sends_it_when_the_first_one_is_gone(quick_app, page):
    conversation_id = page.conversation_id
    with locked(quick_app):
        say(page, 2, SECOND[0])
        other = page.context.new_page()
        sent: list[str] = []
        other.on("request", lambda found: sent.append(found.method))
        other.goto(f"{page.url}/conversations/{conversation_id}")
        expect(other.locator("#turns [data-testid=turn]")).to_have_count(4)
        other.bring_to_front()
        assert set(sent) == {"GET"}
        page.page.close()
        kept(other, 2)

    kept(other, 0)
    assert "POST" in sent
    assert exported(page, conversation_id) == FIRST + SECOND


def test_nobody_sends_the_words_of_another_person(quick_app, page):
    conversation_id = page.conversation_id
    cookies_of_ada = page.context.cookies()
    ben = page.context.new_page()
    asked: list[str] = []
    ben.on("request", lambda found: asked.append(found.url))
    with locked(quick_app):
        say(page, 2, SECOND[0])
        page.context.clear_cookies()
        ben.goto(page.url)
        refused = page.page.expect_response(
            lambda each: each.status == 401 and "/turns" in each.url
        )
        with refused:  # one that was on its way before counts as hers
            pass
    assert kept(page.page, 2) == SECOND

    page.page.close()
    ben.get_by_test_id("composer").fill("I am Ben")
    with ben.expect_response(lambda answer: "You said: " in (answer.request.post_data or "")):
        ben.get_by_test_id("send").click()

    assert kept(ben, 2) == SECOND
    assert not any(conversation_id in url for url in asked)
    page.context.clear_cookies()
    page.context.add_cookies(cookies_of_ada)
    ben.goto(f"{page.url}/conversations/{conversation_id}")
    kept(ben, 0)
    assert exported(page, conversation_id) == FIRST + SECOND


def test_words_without_a_conversation_get_one(silent_browser, open_page, tmp_path):
    with EngineChild(DATA / "quick.toml", tmp_path / "engine.log") as engine:
        app = RunningApp(tmp_path / "app", ENGINE_URL=engine.url, ENGINE_API_KEY=KEY).__enter__()
    try:
        page = open_page(silent_browser, app).open()
        page.type("Nobody answers this")
        page.state_is("error", timeout=2 * PATIENCE_MS)
        assert kept(page.page, 1) == ["Nobody answers this"]

        page.open()
        page.page.mouse.move(10, 10)
        kept(page.page, 0)

        page.open()
        page.page.get_by_role("link", name="Nobody answers this").click()
        expect(page.turns()).to_have_count(1)
        assert exported(page, page.conversation_id) == ["Nobody answers this"]
        page.page.goto("about:blank")
        expect_failed_requests(page)
    finally:
        app.stop()


# The browser itself dies


@pytest.fixture
def lasting_browser(
    playwright: Playwright, chromium: str, tmp_path: Path
) -> Iterator[Callable[[], BrowserContext]]:
    """Starts a browser that keeps what it has on disk, and finds it there again."""
    profile = tmp_path / "profile"
    started: list[BrowserContext] = []

    def start() -> BrowserContext:
        started.append(
            playwright.chromium.launch_persistent_context(
                profile, executable_path=chromium, args=flags()
            )
        )
        return started[-1]

    yield start
    started[-1].close()


def kill_browser(profile: Path) -> None:
    """End the browser that works on this profile."""
    flag = f"--user-data-dir={profile}"
    everybody = psutil.process_iter(["cmdline"])
    family = [each for each in everybody if flag in (each.info["cmdline"] or ())]
    for process in family:
        with suppress(psutil.NoSuchProcess):  # it has ended with the first one
            process.kill()
    psutil.wait_procs(family, timeout=10)


def type_into(page: Page, words: str, replies: int) -> None:
    """Type something and wait for its answer."""
    page.get_by_test_id("composer").fill(words)
    page.get_by_test_id("send").click()
    answers = page.locator('#turns [data-role="assistant"][data-final="true"]')
    expect(answers).to_have_count(replies, timeout=PATIENCE_MS)


def test_words_wait_for_a_browser_that_was_killed(quick_app, lasting_browser, tmp_path):
    context = lasting_browser()
    page = context.new_page()
    page.goto(quick_app.url)
    type_into(page, FIRST[0], 1)
    kept(page, 0)
    page.wait_for_url(re.compile("/conversations/"), wait_until="commit")
    address = page.url
    with locked(quick_app):
        type_into(page, SECOND[0], 2)
        assert kept(page, 2) == SECOND
        # Chromium writes cookies to disk twice a minute only.
        cookies = context.cookies()
        kill_browser(tmp_path / "profile")

    context = lasting_browser()
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(address)
    kept(page, 0)
    page.reload()

    rows = page.locator("#turns .turn-text")
    assert [text.strip() for text in rows.all_inner_texts()] == FIRST + SECOND
