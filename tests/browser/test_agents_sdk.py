"""`@openai/agents-realtime`, as it comes from the npm registry, talks with the engine."""

from __future__ import annotations

import http.server
import threading
import time
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.talk_page import HERE
from tests.conftest import DATA
from tests.engine_process import EngineProcess
from tests.running import ROOT

SDK = ROOT / "tests/js/node_modules/@openai/agents-realtime/dist/bundle"
"""The package's own bundle for browsers."""
FILES = {
    "/": (b'<!doctype html><script type="module" src="/page.js"></script>', "text/html"),
    "/page.js": ((HERE / "agents_page.js").read_bytes(), "text/javascript"),
}
SCRIPT = DATA / "stock.toml"
STORY = tomllib.loads(SCRIPT.read_text("utf-8"))["thinker"]["rules"][0]["reply"]
TURN_MS = 15_000
# The SDK asks for an item that was truncated, and its history changes with the answer.
CUT_IN_HISTORY = """talk.events.some((cut, place) =>
    cut.type === "conversation.item.truncated" && talk.events.slice(place).some((one) =>
        one.type === "conversation.item.retrieved" && one.item.id === cut.item_id))"""


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineProcess]:
    """The engine alone; the page is none of its own."""
    with EngineProcess(SCRIPT) as running:
        yield running


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Somebody's website: a page and the SDK's own bundle."""
    assert SDK.is_dir(), "`make test` installs the package"
    files = FILES | {
        f"/sdk/{path.name}": (path.read_bytes(), "text/javascript") for path in SDK.glob("*.mjs")
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content, kind = files.get(self.path, (b"", "text/plain"))
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Write nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(silent_browser: Browser, site: str) -> Iterator[Page]:
    """A window on the website; complaints fail the test."""
    context = silent_browser.new_context(permissions=["microphone"])
    window = context.new_page()
    complaints: list[str] = []
    window.on("pageerror", lambda error: complaints.append(str(error)))
    window.goto(site)
    window.wait_for_function("window.talk")
    yield window
    assert window.evaluate("talk.errors") == []
    assert complaints == []
    context.close()


def wait(page: Page, condition: str) -> None:
    """Wait until something is true in the page."""
    try:
        page.wait_for_function(condition, timeout=TURN_MS)
    except Exception as error:
        state = page.evaluate("[talk.types(), talk.history(), talk.errors]")
        raise AssertionError(f"{condition} did not come true; {state}") from error


def assistant(page: Page) -> list[str]:
    """What the assistant said, turn by turn."""
    return [one["words"] for one in page.evaluate("talk.history()") if one["role"] == "assistant"]


@pytest.mark.parametrize("transport", ["webrtc", "websocket"])
def test_the_agents_sdk_talks(engine: EngineProcess, page: Page, transport: str):
    status = page.evaluate("args => talk.connect(...args)", [transport, engine.url, engine.mint()])
    assert status == "connected"

    # A spoken turn: its words stand in the SDK's history, and the answer sounds.
    page.evaluate("talk.speak(0.7)")
    wait(page, "talk.history().some(one => one.words === 'Tell me a story.')")
    wait(page, "talk.hasSound()")
    wait(page, "talk.types().includes('response.output_audio_transcript.delta')")

    # Speaking into the answer ends it, and the history keeps what was heard.
    page.evaluate("talk.speak(0.7)")
    wait(page, CUT_IN_HISTORY)
    wait(page, "talk.history().some(one => one.words === 'You said: Stop it.')")
    story = assistant(page)[0]
    assert STORY.startswith(story)
    assert story != STORY

    # A tool of the page is called, and its output answered.
    page.evaluate("talk.type('What time is it?')")
    wait(page, "talk.history().some(one => one.words === 'You said: noon in UTC')")
    calls = [one for one in page.evaluate("talk.history()") if one["kind"] == "function_call"]
    assert [(one["status"], one["output"]) for one in calls] == [("completed", "noon in UTC")]

    # The page's own stop button.
    heard = page.evaluate("talk.types().length")
    page.evaluate("talk.type('Another story.')")
    wait(page, f"talk.types().indexOf('response.output_audio_transcript.delta', {heard}) > 0")
    page.evaluate("talk.interrupt()")
    wait(page, f"talk.types().indexOf('conversation.item.truncated', {heard}) > 0")

    # What the model remembers is what was heard.
    page.evaluate("talk.write('What do you know?')")
    wait(page, "talk.history().some(one => one.words.includes('user: What do you know?'))")
    memory = assistant(page)[-1]
    assert "system: Be kind." in memory
    assert "user: Tell me a story." in memory
    assert f"assistant: {story}\n" in memory
    assert STORY not in memory
    page.evaluate("talk.close()")
    deadline = time.monotonic() + 5
    while engine.open_calls and time.monotonic() < deadline:
        pass
    assert engine.open_calls == 0


def test_a_page_is_told_why_its_key_was_refused(engine: EngineProcess, page: Page):
    said = page.evaluate(
        "url => talk.connect('webrtc', url, 'ek_foreign').catch(error => error.message)",
        engine.url,
    )

    assert "not one of this server's" in said
    page.evaluate("talk.errors.length = 0")
