"""Windows on the running program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests import speech
from tests.browser.chat_server import ChatServer
from tests.browser.chromium import launch
from tests.browser.cloud_app import CloudApp
from tests.browser.talk_page import TalkPage
from tests.browser.voice_recording import RunVoice, run_voice_in
from tests.conftest import DATA
from tests.running import RunningApp
from tests.stand_ins.azure import StandInAzure
from tests.stand_ins.cloud import Cloud
from tests.stand_ins.engine_child import EngineChild
from tests.stand_ins.openai import StandInOpenAI
from tests.tools.mcp_server import TOKEN, RunningMcpServer

OpenPage = Callable[..., TalkPage]
BOTH_WAYS = pytest.mark.parametrize("transport", ["auto", "websocket"])
"""Over WebRTC and over the relay: one feels and finds no difference."""
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
) -> Iterator[Callable[..., Browser]]:
    """Starts a browser whose microphone hears this sound, once, from the first call on."""
    started: list[Browser] = []

    def start(sound: speech.Sound, *flags: str) -> Browser:
        file = speech.microphone_file(tmp_path / f"microphone-{len(started)}.wav", sound)
        started.append(launch(playwright, chromium, file, *flags))
        return started[-1]

    yield start
    for browser in started:
        browser.close()


@pytest.fixture
def transport() -> str:
    """Way of sound and words in all windows of a test; BOTH_WAYS runs it on each."""
    return "auto"


@pytest.fixture
def open_page(hearing_browser: Callable[..., Browser], transport: str) -> Iterator[OpenPage]:
    """Opens a window on an app; complaints of the page fail the test at its end.

    Asks for `hearing_browser` so that windows are closed before their browsers are.
    """
    opened: list[TalkPage] = []

    def start(browser: Browser, app: RunningApp, **options: Any) -> TalkPage:
        page = TalkPage(browser, app.url, **options)
        opened.append(page)
        return page if transport == "auto" else page.prefer(transport=transport)

    yield start
    for page in opened:
        page.close()


@pytest.fixture(scope="session")
def quick_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """As `scripted_app`, with a voice that is soon done."""
    folder = tmp_path_factory.mktemp("quick-app")
    with RunningApp(folder, scripted=DATA / "quick.toml") as app:
        yield app


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


@pytest.fixture(scope="session")
def engine_behind_clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineChild]:
    """What the stand-ins of cloud houses talk with."""
    log = tmp_path_factory.mktemp("engine-behind-clouds") / "engine.log"
    with EngineChild(DATA / "cloud.toml", log) as engine:
        yield engine


@pytest.fixture(scope="session")
def openai_house(engine_behind_clouds: EngineChild) -> Iterator[StandInOpenAI]:
    """A stand-in of OpenAI for the whole session; tests use `openai`."""
    with StandInOpenAI(engine_behind_clouds) as house:
        yield house


@pytest.fixture(scope="session")
def azure_house(engine_behind_clouds: EngineChild) -> Iterator[StandInAzure]:
    """A stand-in of Azure for the whole session; tests use `azure`."""
    with StandInAzure(engine_behind_clouds) as house:
        yield house


@pytest.fixture
def openai(openai_house: StandInOpenAI) -> Iterator[StandInOpenAI]:
    """A stand-in of OpenAI; what it had to refuse fails the test at its end."""
    with without_complaints(openai_house):
        yield openai_house


@pytest.fixture
def azure(azure_house: StandInAzure) -> Iterator[StandInAzure]:
    """A stand-in of Azure; what it had to refuse fails the test at its end."""
    with without_complaints(azure_house):
        yield azure_house


@contextmanager
def without_complaints(house: Cloud) -> Iterator[None]:
    """Begin anew, and see that nothing was asked that the real house would refuse."""
    house.reset()
    yield
    house.hang_up()
    assert not house.complaints, house.complaints


CloudApps = Callable[..., CloudApp]


@pytest.fixture(scope="session")
def cloud_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudApps]:
    """Gives the program in front of a house, one for each configuration, shared by all tests.

    At the end of the session, the house's key must be in nothing that left it.
    """
    apps: dict[tuple[object, ...], CloudApp] = {}

    def start(house: Cloud, **environ: str) -> CloudApp:
        wanted = (house, *sorted(environ.items()))
        if wanted not in apps:
            folder = tmp_path_factory.mktemp("cloud-app")
            apps[wanted] = CloudApp(folder, house, **environ).__enter__()
        return apps[wanted]

    yield start
    places = [place for app in apps.values() for place in app.places_of(app.house.server_key)]
    for app in apps.values():
        app.__exit__(None, None, None)
    assert places == []


@pytest.fixture(scope="session")
def sky() -> Iterator[str]:
    """`MCP_SERVERS` with a server whose tools take a minute, or answer with a megabyte."""
    with RunningMcpServer() as server:
        wanted = {
            "server_label": "sky",
            "server_url": server.url,
            "authorization": TOKEN,
            "allowed_tools": ["minute", "megabyte"],
            "require_approval": "never",
        }
        yield json.dumps([wanted])


@pytest.fixture
def openai_app(openai: StandInOpenAI, cloud_app: CloudApps, sky: str) -> CloudApp:
    """The program in front of OpenAI."""
    return cloud_app(openai, MCP_SERVERS=sky)


@pytest.fixture
def openai_page(
    silent_browser: Browser, openai_app: CloudApp, open_page: OpenPage
) -> Iterator[TalkPage]:
    """A window on it, not loaded yet; the browser's own words about failed requests are no news.

    On a busy machine the relay might be up before WebRTC is, and the page would tell so.
    """
    page = open_page(silent_browser, openai_app, record=True).prefer(transport="webrtc")
    yield page
    page.complaints[:] = [said for said in page.complaints if "Failed to load resource" not in said]
