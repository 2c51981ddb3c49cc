"""Windows on the running program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests import speech
from tests.browser.chromium import launch
from tests.browser.talk_page import TalkPage
from tests.running import RunningApp

OpenPage = Callable[..., TalkPage]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and what needs models."""
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if {"talking_app", "model_files"} & set(getattr(item, "fixturenames", ())):
                item.add_marker(pytest.mark.models)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def silent_browser(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser whose microphone hears nothing; shared, since nothing of it can be used up."""
    file = tmp_path_factory.mktemp("microphone") / "silence.wav"
    browser = launch(playwright, chromium, speech.microphone_file(file, speech.silence(1)))
    yield browser
    browser.close()


@pytest.fixture
def hearing_browser(
    playwright: Playwright, chromium: str, tmp_path: Path
) -> Iterator[Callable[[speech.Sound], Browser]]:
    """Starts a browser whose microphone hears this sound, once, from the first call on."""
    started: list[Browser] = []

    def start(sound: speech.Sound) -> Browser:
        file = speech.microphone_file(tmp_path / f"microphone-{len(started)}.wav", sound)
        started.append(launch(playwright, chromium, file))
        return started[-1]

    yield start
    for browser in started:
        browser.close()


@pytest.fixture
def open_page(hearing_browser: Callable[..., Browser]) -> Iterator[OpenPage]:
    """Opens a window on an app; complaints of the page fail the test at its end.

    Asks for `hearing_browser` so that windows are closed before their browsers are.
    """
    opened: list[TalkPage] = []

    def start(
        browser: Browser, app: RunningApp, *, record: bool = False, **context: object
    ) -> TalkPage:
        opened.append(TalkPage(browser, app.url, record=record, **context))
        return opened[-1]

    yield start
    for page in opened:
        page.close()


@pytest.fixture
def silent_page(silent_browser: Browser, scripted_app: RunningApp, open_page: OpenPage) -> TalkPage:
    """A window on the scripted app, loaded, with a microphone that hears nothing."""
    return open_page(silent_browser, scripted_app).open()
