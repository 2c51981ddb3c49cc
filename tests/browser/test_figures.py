"""Insights and privacy in a browser: charts with their tables, marks on turns, export, deletion."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.test_page import AXE, axe_findings

SIZES = {"phone": (360, 740), "desk": (1280, 800)}
PAGES = ("/insights", "/privacy")


@pytest.fixture(scope="module")
def talked(silent_browser, scripted_app):
    """Somebody's talk, so that there is something to show; all tests of the module share it."""
    from tests.browser.talk_page import TalkPage

    page = TalkPage(silent_browser, scripted_app.url).open()
    page.connect()
    page.type("Say something short")
    page.replied(1)
    page.state_is("listening")
    page.disconnect()
    page.page.wait_for_url("**/conversations/*", wait_until="commit")
    yield page
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(talked, path, size, scheme):
    width, height = SIZES[size]
    page = talked.context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(talked.url + path)
    for details in page.locator("details").all():
        details.evaluate("each => { each.open = true; }")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text("utf-8"))
    assert axe_findings_of(page) == []
    page.close()


def axe_findings_of(page):
    """As in test_page, of a page that is no talk page."""

    class Window:
        def __init__(self) -> None:
            self.page = page

    return axe_findings(Window())  # type: ignore[arg-type]


def test_charts_are_drawn_from_their_tables(talked):
    page = talked.context.new_page()
    page.goto(f"{talked.url}/insights?days=7")

    chart = page.locator("#minutes-by-day .chart")
    expect(chart.locator("canvas")).to_be_visible()
    expect(chart).to_have_attribute("role", "img")
    page.locator("#minutes-by-day summary").click()
    expect(page.locator("#minutes-by-day-table tbody tr")).to_have_count(7)
    assert talked.complaints == []
    with page.expect_download() as file:
        page.get_by_role("link", name="Minutes of talk day by day as CSV").click()
    assert file.value.suggested_filename == "vivavoce-minutes-by-day.csv"
    page.close()


def test_without_scripts_the_tables_are_there(talked, silent_browser):
    context = silent_browser.new_context(
        java_script_enabled=False, storage_state=talked.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"{talked.url}/insights")

    page.locator("#minutes-by-day summary").click()
    expect(page.locator("#minutes-by-day-table")).to_be_visible()
    expect(page.locator("#minutes-by-day .chart")).to_be_hidden()
    context.close()


def test_how_long_one_waited_arrives_at_the_server(talked):
    page = talked.context.new_page()
    page.goto(f"{talked.url}/insights?of=me")

    row = page.locator("#waiting-table tbody tr").first
    expect(row.locator("th")).to_have_text("Native audio · engine")
    for column in (0, 2):  # key and connection; nothing was said aloud
        assert int(row.locator("td").nth(column).get_attribute("data-value") or 0) > 0
    page.close()


def test_each_turn_says_where_it_went(talked):
    typed = talked.turns("user").first.get_by_test_id("places")
    heard = talked.turns("assistant").first.get_by_test_id("places")

    expect(typed.locator("summary")).to_have_text("this server")
    heard.locator("summary").click()
    expect(heard.locator("li").first).to_be_visible()
    assert [text.split(",")[0] for text in heard.locator("li").all_inner_texts()] == [
        "Sound: this server", "Words: this server",
    ]  # fmt: skip
    typed.locator("summary").click()
    assert "No sound" in typed.locator("li").all_inner_texts()


def test_a_person_takes_all_along_and_deletes_it(silent_browser, scripted_app, open_page):
    page = open_page(silent_browser, scripted_app).open()
    page.connect()
    page.type("My xylophone is new")
    page.replied(1)
    conversation = page.conversation_id
    page.disconnect()
    page.page.goto(f"{page.url}/privacy")

    with page.page.expect_download() as file:
        page.part("export-all").click()
    everything = json.loads(file.value.path().read_text("utf-8"))
    assert everything["conversations"][0]["turns"][0]["text"] == "My xylophone is new"
    page.part("delete-all").click()
    page.part("delete-all-now").click()
    expect(page.page.get_by_role("heading")).to_have_text("Everything of yours is deleted")

    gone = page.page.goto(f"{page.url}/conversations/{conversation}")
    assert gone is not None and gone.status == 404
    page.complaints.clear()  # the browser itself logs the 404
    page.page.goto(f"{page.url}/conversations")
    expect(page.page.get_by_text("xylophone")).to_have_count(0)
