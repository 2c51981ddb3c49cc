"""The list of conversations in a browser: find, open, go on, rename, delete, bring back, export."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.talk_page import TalkPage
from tests.browser.test_page import AXE, axe_findings
from tests.exports.conversation import NASTY
from tests.running import RunningApp

BEGAN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CUES = """async (url) => {
    const video = document.createElement("video");
    const track = video.appendChild(document.createElement("track"));
    const loaded = new Promise((resolve, reject) => {
        track.onload = resolve;
        track.onerror = () => reject(new Error("not WebVTT"));
    });
    track.track.mode = "hidden";
    track.src = url;
    document.body.append(video);
    await loaded;
    const cues = [...track.track.cues].map((cue) => {
        const words = cue.getCueAsHTML();
        const voice = words.querySelector("span")?.title ?? "";
        return [cue.id, cue.startTime, cue.endTime, voice, words.textContent];
    });
    video.remove();
    return cues;
}"""
"""Reads a file with the browser's own parser: id, begin, end, voice and text of each cue."""

Tell = Callable[..., str]


@pytest.fixture
def window(silent_browser, scripted_app, open_page) -> TalkPage:
    """Somebody new, with no page open yet."""
    return open_page(silent_browser, scripted_app)


@pytest.fixture
def tell(window) -> Tell:
    """Stores a conversation of these turns, the person's and the assistant's; gives its path."""
    return lambda *texts: store(window, texts)


def store(window: TalkPage, texts: tuple[str, ...]) -> str:
    window.preferences()  # the first answer brings the cookie
    headers = {"Origin": window.url, "Accept": "application/json"}
    post = window.context.request.post
    begun = post(f"{window.url}/conversations", headers=headers)
    path = f"/conversations/{begun.json()['conversation_id']}"
    for number, text in enumerate(texts):
        turn = {
            "item_id": f"item_{number}",
            "role": ("user", "assistant")[number % 2],
            "text": text,
            "started_at": (BEGAN + timedelta(seconds=10 * number)).isoformat(),
            "interrupted": False,
        }
        assert post(f"{window.url}{path}/turns", data=turn, headers=headers).ok
    return path


def open_list(window: TalkPage, path: str = "/conversations") -> Page:
    window.page.goto(window.url + path)
    expect(window.page.get_by_role("heading", name="Conversations", level=1)).to_be_visible()
    return window.page


def titles_are(page: Page, *titles: str) -> None:
    """Wait until the list shows these, as a click does not wait for the page that it leads to."""
    expect(page.locator(".conversation-link .conversation-title")).to_have_text(titles)


def more(page: Page, title: str) -> None:
    page.get_by_label(f"Rename, export or delete “{title}”").click()


def test_typing_finds_and_a_finding_opens_where_it_was_said(window, tell):
    long = [f"Turn {number} says nothing. " * 8 for number in range(40)]
    path = tell("Tell me a story", *long[:9], "The whales of Wales sing", *long[9:])
    tell("Something about trains")
    page = open_list(window)

    page.get_by_label("Search what was said").press_sequentially("whále wal")

    expect(page.locator(".conversation-title")).to_have_text(["Tell me a story"])
    expect(page.locator("mark")).to_have_text(["whales", "Wales"])
    page.locator(".conversation-link").click()
    page.wait_for_url(f"**{path}#turn-item_10")
    expect(page.locator("#turn-item_10")).to_be_in_viewport()
    expect(page.locator("#turn-item_40")).not_to_be_in_viewport()


def test_a_search_that_finds_nothing_says_so_and_an_empty_one_shows_all(window, tell):
    tell("Something about trains")
    page = open_list(window)
    field = page.get_by_label("Search what was said")

    field.fill("whales")
    expect(page.get_by_text("Nothing that was said has all of these words.")).to_be_visible()
    field.fill("")
    expect(page.locator(".conversation-title")).to_have_text(["Something about trains"])


def test_a_conversation_is_renamed_in_its_row(window, tell):
    tell("Something about trains")
    page = open_list(window)

    more(page, "Something about trains")
    page.get_by_label("Title").fill("Journeys")
    page.get_by_role("button", name="Rename").press("Enter")

    expect(page.locator(".conversation-title")).to_have_text(["Journeys"])
    expect(page.get_by_role("link", name="Journeys")).to_be_focused()
    page.reload()
    titles_are(page, "Journeys")


def test_a_deletion_is_undone_in_its_row_by_keyboard(window, tell):
    tell("First")
    tell("Second")
    page = open_list(window)

    more(page, "Second")
    page.get_by_role("button", name="Delete", exact=True).press("Enter")

    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    titles_are(page, "First")
    undo.press("Enter")
    expect(page.locator(".conversation-link")).to_have_count(2)
    titles_are(page, "Second", "First")


def test_one_goes_on_where_one_was(window):
    talk = window.open().connect()
    talk.type("My name is Ada")
    talk.replied(1)
    talk.disconnect()
    path = f"/conversations/{talk.conversation_id}"

    page = open_list(window)
    page.get_by_role("link", name="My name is Ada").click()
    page.wait_for_url(f"**{path}")
    talk.connect()
    talk.type("what do you know")
    answer = talk.replied(2)

    assert "user: My name is Ada" in answer and "assistant: You said: My name is Ada" in answer
    assert talk.page.url.endswith(path)
    assert len(talk.texts()) == 4


def test_the_open_conversation_is_deleted_and_brought_back(window, tell):
    path = tell("Something about trains", "Trains are long.")
    talk = window.open(path)
    page = talk.page

    page.locator(".conversation-link").hover()
    more(page, "Something about trains")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url("**/conversations?deleted=*")
    page.get_by_role("button", name="Undo").click()
    page.locator(".conversation-link").click()

    page.wait_for_url(f"**{path}")
    assert talk.texts() == ["Something about trains", "Trains are long."]


def test_an_export_ends_no_call(window, tell, tmp_path):
    talk = window.open(tell("Something about trains")).connect()
    page = talk.page

    page.locator(".conversation-link").hover()
    more(page, "Something about trains")
    for name, ending in (("Markdown", "md"), ("JSON", "json"), ("Subtitles", "vtt")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        file = tmp_path / name
        download.value.save_as(file)
        assert re.fullmatch(
            rf"vivavoce-[\d-]+-something-about-trains\.{ending}", download.value.suggested_filename
        )
        assert "Something about trains" in file.read_text("utf-8")

    talk.state_is("listening")


def test_the_browser_reads_the_subtitles(window, tell):
    path = tell(*NASTY)
    page = open_list(window)

    cues = page.evaluate(CUES, f"{path}/export.vtt")

    assert [cue[0] for cue in cues] == [f"item_{number}" for number in range(len(NASTY))]
    assert [cue[1] for cue in cues] == [10.0 * number for number in range(len(NASTY))]
    assert all(begin < end <= begin + 10 for _, begin, end, _, _ in cues)
    assert [cue[3] for cue in cues[:2]] == ["You", "Assistant"]
    said = [" ".join(text.split()) for text in NASTY]
    assert [" ".join(cue[4].split()) for cue in cues] == said


def test_the_browser_reads_the_json(window, tell):
    path = tell(*NASTY)
    page = open_list(window)

    record = page.evaluate(
        "async (url) => (await fetch(url)).json()", f"{window.url}{path}/export.json"
    )

    assert [turn["text"] for turn in record["turns"]] == list(NASTY)
    assert json.dumps(record)


@pytest.fixture
def bare_page(silent_browser: Browser, scripted_app: RunningApp, window, tell) -> Iterator[Page]:
    """The list in a browser without scripts, of somebody with two conversations."""
    tell("First of all")
    tell("Second to none")
    state = window.context.storage_state()
    context = silent_browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{scripted_app.url}/conversations")
    yield page
    context.close()


def test_all_of_it_without_scripts(bare_page):
    page = bare_page
    more(page, "Second to none")
    row = page.locator(".conversation").first
    row.get_by_label("Title").fill("Renamed")
    row.get_by_role("button", name="Rename").click()
    titles_are(page, "Renamed", "First of all")

    more(page, "Renamed")
    page.locator(".conversation").first.get_by_role("button", name="Delete").click()
    titles_are(page, "First of all")
    page.get_by_role("button", name="Undo").click()
    titles_are(page, "Renamed", "First of all")

    page.get_by_label("Search what was said").fill("first")
    page.get_by_role("button", name="Search").click()
    titles_are(page, "First of all")
    assert page.url.endswith("?q=first")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_all_fits(silent_browser, scripted_app, open_page, width, scheme):
    window = open_page(
        silent_browser,
        scripted_app,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    store(window, ("W" * 90, "Whales sing."))
    store(window, ("Words " * 40,))
    store(window, ("Something about trains",))
    page = open_list(window)
    page.evaluate(AXE.read_text("utf-8"))

    more(page, "Something about trains")
    found = axe_findings(window)
    for part in page.locator(".conversation-more[open] :is(input, button, a):visible").all():
        box = part.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["height"] >= 24
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    found += axe_findings(window)
    page.get_by_label("Search what was said").fill("wor")
    expect(page.locator("mark").first).to_be_visible()
    found += axe_findings(window)

    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
