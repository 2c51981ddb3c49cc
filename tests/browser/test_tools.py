"""What the model calls: run on the server, shown in the page, and spoken about."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests import speech
from tests.browser.talk_page import PATIENCE_MS, TalkPage
from tests.browser.test_page import AXE, axe_findings
from tests.conftest import DATA
from tests.running import RunningApp
from tests.tools.mcp_server import TOKEN, RunningMcpServer

ROADS = [(mode, road) for mode in ("native", "text") for road in ("webrtc", "websocket")]
BRIDGE = "One moment."
"""What the scripted model says while a tool is at work, or waits to be allowed."""
GIVEN_UP_MS = 30_000
"""A tool is given up after ten seconds; then it is spoken about."""


@pytest.fixture(scope="module")
def wall() -> Iterator[RunningMcpServer]:
    with RunningMcpServer() as server:
        yield server


@pytest.fixture(scope="module")
def tools_app(tmp_path_factory: pytest.TempPathFactory, wall) -> Iterator[RunningApp]:
    """An app whose model calls tools, of its own server and of a remote one."""
    server = {"server_url": wall.url, "authorization": TOKEN}
    trusted = ["weather", "minute", "megabyte"]
    servers = [
        server | {"server_label": "wall", "allowed_tools": ["write_note"]},
        server | {"server_label": "sky", "allowed_tools": trusted, "require_approval": "never"},
    ]
    folder = tmp_path_factory.mktemp("tools-app")
    with RunningApp(folder, scripted=DATA / "tools.toml", MCP_SERVERS=json.dumps(servers)) as app:
        yield app


@pytest.fixture
def open_tools(silent_browser, tools_app, open_page):
    """Opens a window on it, with settings as keywords."""

    def open_tools(mode: str = "native", road: str = "webrtc", **context: object) -> TalkPage:
        page = open_page(silent_browser, tools_app, **context)
        return page.prefer(mode=mode, transport=road).open()

    return open_tools


def row(page: TalkPage, tool: str) -> Locator:
    """The row of a tool."""
    return page.page.locator(f'[data-testid=tool][data-tool="{tool}"]')


def answered(page: TalkPage, words: str, *, timeout: float = PATIENCE_MS) -> None:
    """Wait until a finished reply has these words; on a busy machine BRIDGE may come before it."""
    found = page.turns("assistant", final=True).filter(has_text=words)
    expect(found).to_have_count(1, timeout=timeout)


@pytest.mark.parametrize(("mode", "road"), ROADS)
def test_a_tool_is_called_and_its_output_is_spoken_about(open_tools, mode, road):
    page = open_tools(mode, road).connect()

    page.type("What is six times seven?")

    answered(page, "The tool says 42")
    page.state_is("listening")
    expect(page.call).to_have_attribute("data-transport", road)
    tool = row(page, "calculator")
    expect(tool).to_have_attribute("data-state", "done")
    expect(tool).to_contain_text("Calculator")
    tool.locator("summary").click()
    expect(tool.locator(".tool-arguments")).to_contain_text('"expression": "6 * 7"')
    expect(tool.locator(".tool-output")).to_have_text("42")
    assert page.texts("user") == ["What is six times seven?"]


def test_a_spoken_question_is_answered_with_a_tool(tools_app, hearing_browser, open_page, espeak):
    said = speech.sequence([speech.speak("What is six times seven?")], lead=2.5, gap=30)

    page = open_page(hearing_browser(said), tools_app).open().connect()

    answered(page, "The tool says 42")
    expect(row(page, "calculator")).to_have_count(1)


def test_rows_stand_between_the_turns_in_their_order_also_when_turns_are_stored(open_tools):
    page = open_tools(timezone_id="Europe/Paris").connect()
    questions = {
        "What time is it?": "Asia/Tokyo",
        "And six times seven?": "The tool says 42",
        "Thanks": "You said: Thanks",
    }
    for question, answer in questions.items():
        page.type(question)
        answered(page, answer)
        page.state_is("listening")

    def order() -> list[str]:
        rows = page.page.locator("#turns > li").filter(has_not_text=BRIDGE)
        return rows.evaluate_all("rows => rows.map(row => row.dataset.tool ?? row.dataset.role)")

    expected = "user clock assistant user calculator assistant user assistant".split()
    assert order() == expected
    stored = page.page.locator("#turns .turn").filter(has_not_text=BRIDGE)
    expect(stored.locator("time[datetime]")).to_have_count(6)
    assert order() == expected


def test_a_tool_that_fails_is_spoken_about(open_tools):
    page = open_tools().connect()

    page.type("Please divide by nothing")

    answered(page, "I am sorry: That did not work. That divides by zero.")
    expect(row(page, "calculator")).to_have_attribute("data-state", "failed")
    page.type("nonsense")
    answered(page, "There is no tool teapot")


# Native audio is in test_cloud_call_faults.py.
def test_a_tool_that_takes_a_minute_is_bridged_and_given_up(open_tools):
    page = open_tools("text").connect()

    page.type("Take a minute, sky")

    tool = row(page, "sky__minute")
    expect(tool).to_have_attribute("data-state", "running")
    page.state_is("thinking")
    answered(page, BRIDGE)
    answered(page, "That did not work", timeout=GIVEN_UP_MS)
    expect(tool).to_have_attribute("data-state", "failed")
    page.state_is("listening")


def test_a_megabyte_is_cut_and_the_call_goes_on(open_tools):
    page = open_tools().connect()

    page.type("Now shout, sky")

    answered(page, "That was a lot.")
    output = row(page, "sky__megabyte").locator(".tool-output").text_content() or ""
    assert output.startswith("All work and no play.") and "[cut: this is the beginning" in output
    assert len(output.encode()) <= 16 * 1024


@pytest.mark.parametrize(("mode", "road"), [("native", "webrtc"), ("text", "websocket")])
def test_a_tool_that_needs_it_is_used_only_when_it_is_allowed(open_tools, wall, mode, road):
    wall.notes.clear()
    page = open_tools(mode, road).connect()
    page.type("Please write a note")
    tool = row(page, "wall__write_note")
    question = tool.get_by_role("alert")
    expect(question).to_contain_text("wants to use “write_note (wall)”")
    expect(tool.locator(".tool-arguments")).to_contain_text("<b>Milk</b>")
    answered(page, BRIDGE)  # it says aloud that it waits
    assert wall.notes == []

    tool.get_by_test_id("tool-allow").click()

    answered(page, "The tool says Written: <b>Milk</b>")
    assert wall.notes == ["<b>Milk</b>"]
    expect(question).to_be_hidden()
    expect(tool.locator("summary")).to_be_focused()


def test_a_tool_that_is_not_allowed_is_not_used(open_tools, wall):
    wall.notes.clear()
    page = open_tools().connect()
    page.type("Please write a note")

    page.part("tool-refuse").click()

    answered(page, "did not allow")
    expect(row(page, "wall__write_note")).to_have_attribute("data-state", "refused")
    assert wall.notes == []


def test_the_search_finds_what_was_said_in_another_conversation(open_tools):
    page = open_tools().connect()
    page.type("My dog is called Rex")
    answered(page, "My dog is called Rex")
    page.disconnect()
    assert page.conversation_id  # it is stored
    page.open().connect()

    page.type("So what is my dog called?")

    answered(page, "My dog is called Rex")


def test_a_correction_takes_the_row_back(open_tools):
    page = open_tools().connect()
    page.type("What is six times seven?")
    answered(page, "The tool says 42")
    page.state_is("listening")

    page.part("edit-turn").click()
    page.part("edit-text").fill("Good morning")
    page.part("edit-save").click()

    answered(page, "You said: Good morning")
    expect(row(page, "calculator")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_all_fits_on_a_phone(open_tools, scheme):
    page = open_tools(
        viewport={"width": 360, "height": 720}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.connect()
    page.type("What is six times seven?")
    answered(page, "The tool says 42")
    row(page, "calculator").locator("summary").click()
    page.type("Please write a note")
    tool = row(page, "wall__write_note")
    expect(tool).to_have_attribute("data-state", "approval", timeout=PATIENCE_MS)
    page.page.evaluate(AXE.read_text("utf-8"))

    assert axe_findings(page) == []
    for name in ("tool-allow", "tool-refuse"):
        box = tool.get_by_test_id(name).bounding_box()
        assert box and box["height"] >= 44 and box["x"] + box["width"] <= 360
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360
