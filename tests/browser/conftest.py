"""Windows on the running program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests import speech
from tests.browser.chat_server import ChatServer
from tests.browser.chromium import launch
from tests.browser.talk_page import TalkPage
from tests.browser.voice_recording import RunVoice, run_voice_in
from tests.running import RunningApp

OpenPage = Callable[..., TalkPage]
MODELS_IN = {"talking_app", "parrot_app", "model_files"}
"""Fixtures that need models."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and what needs models."""
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if MODELS_IN & set(getattr(item, "fixturenames", ())):
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

    def start(browser: Browser, app: RunningApp, **options: Any) -> TalkPage:
        opened.append(TalkPage(browser, app.url, **options))
        return opened[-1]

    yield start
    for page in opened:
        page.close()


@pytest.fixture(scope="session")
def parrot() -> Iterator[ChatServer]:
    """Thinks for `parrot_app`; a test sets its `replies` first."""
    with ChatServer([""]) as server:
        yield server


@pytest.fixture(scope="session")
def parrot_app(
    tmp_path_factory: pytest.TempPathFactory, model_files: str, parrot: ChatServer
) -> Iterator[RunningApp]:
    """Web program and engine with real ears and voice, and planned replies."""
    with RunningApp(tmp_path_factory.mktemp("parrot-app"), LLM_BASE_URL=parrot.url) as app:
        yield app


@pytest.fixture
def silent_page(silent_browser: Browser, scripted_app: RunningApp, open_page: OpenPage) -> TalkPage:
    """A window on the scripted app, loaded, with a microphone that hears nothing."""
    return open_page(silent_browser, scripted_app).open()


@pytest.fixture
def run_voice(silent_browser: Browser, scripted_app: RunningApp, open_page: OpenPage) -> RunVoice:
    """Runs scripts in a page that speaks with a recorder behind its voice."""
    page = open_page(silent_browser, scripted_app, record=True, scripts=["voice_tap.js"])
    return run_voice_in(page.open())
