"""The strip of tabs: what a tab keeps, how it is used, what opens in one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.sessions import ask, open_another, requests_to, script, tab
from tests.browser.talk_page import PATIENCE_MS, TalkPage
from tests.browser.test_page import AXE, axe_findings


def test_a_tab_keeps_its_draft_its_lights_its_log_and_its_address(silent_page):
    page = silent_page.connect()
    ask(page, "the first question")
    first = page.conversation_id
    page.part("composer").fill("not sent yet")

    open_another(page)
    page.state_is("listening")
    expect(page.part("composer")).to_have_value("")
    page.page.wait_for_url(re.compile("/$"))
    page.disconnect()
    expect(page.part("status-webrtc")).to_contain_text("off")
    expect(page.part("elapsed")).to_have_text(re.compile(r"^0:\d\d$"))
    tab(page, 1).click()

    expect(page.part("composer")).to_have_value("not sent yet")
    expect(page.part("status-webrtc")).to_contain_text("connected")
    page.page.wait_for_url(re.compile(f"/conversations/{first}$"))
    page.state_is("listening")
    expect(
        page.part("event-log").locator('[data-type="conversation.item.create"]').first
    ).to_be_attached()
    tab(page, 2).click()
    page.state_is("ended")
    expect(page.part("event-log").locator('[data-type="conversation.item.create"]')).to_have_count(
        0
    )
    page.part("connect").click()
    page.state_is("listening")


def test_a_problem_stays_with_its_session(silent_page):
    page = silent_page.connect()
    page.page.route(
        "**/api/realtime/session",
        lambda route: route.fulfill(status=429, json={"code": "daily-minutes-used"}),
    )
    open_another(page)
    page.state_is("error")
    notice = page.page.locator('[data-testid=notice][data-code="daily-minutes-used"]')
    expect(notice).to_be_visible()

    tab(page, 1).click()

    expect(notice).to_have_count(0)
    script(page, "() => vivavoce.startSession({ microphone: false }).catch(() => {})")
    expect(page.page.locator(".tabs [role=status]")).to_have_text("Session 3: needs a look")
    expect(tab(page, 2)).to_have_attribute("data-state", "error")
    ask(page, "and this one goes on")
    tab(page, 2).click()
    expect(notice).to_be_visible()
    page.complaints.clear()  # the browser's own words about the 429


def test_tabs_by_keyboard(silent_page):
    page = silent_page.connect()
    open_another(page)
    page.state_is("listening")
    press = page.page.keyboard.press

    panel = page.page.get_by_role("tabpanel")
    expect(panel).to_have_count(1)
    expect(panel).to_have_accessible_name(re.compile("^Session 2"))
    tab(page, 2).focus()
    press("ArrowLeft")
    expect(tab(page, 1)).to_be_focused()
    assert tab(page, 2).get_attribute("aria-selected") == "true"
    press("Enter")
    expect(tab(page, 1)).to_have_attribute("aria-selected", "true")
    press("End")
    expect(tab(page, 2)).to_be_focused()
    press("Delete")

    expect(page.page.locator(".tabs")).to_be_hidden()
    expect(page.page.locator(".turns-room")).to_be_focused()
    expect(panel).to_have_count(0)
    assert script(page, "vivavoce.sessions.length") == 1


def axe_findings_by_day_and_night(page: TalkPage) -> list[str]:
    found = []
    for scheme in ("light", "dark"):
        page.page.emulate_media(color_scheme=scheme)
        found += axe_findings(page)
    return found


@pytest.mark.parametrize("size", [(360, 740), (1280, 800)])
def test_axe_finds_nothing_in_three_tabs(silent_browser, scripted_app, open_page, size):
    width, height = size
    page = open_page(
        silent_browser,
        scripted_app,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    ).open()
    page.page.evaluate(AXE.read_text("utf-8"))
    page.connect()
    ask(page, "a first question that is rather long, so that it does not fit into a tab")
    for _ in range(2):
        open_another(page)
        page.state_is("listening")
    found = axe_findings_by_day_and_night(page)
    if page.page.locator(".bar-menu").is_visible():
        page.page.locator(".bar-menu").click()
    page.part("new-session").click()
    expect(page.part("start-session")).to_be_visible()
    found += axe_findings_by_day_and_night(page)

    assert found == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    page.page.keyboard.press("Escape")
    for part in ("close-session", "composer", "mute", "disconnect"):
        box = page.part(part).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width, part
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, part


def test_the_form_at_its_own_address_opens_the_page_with_these_wishes(
    silent_browser, scripted_app, open_page
):
    page = open_page(silent_browser, scripted_app)
    page.page.goto(f"{page.url}/sessions/new")
    page.page.locator("[name=language]").select_option("fr")
    page.part("start-session").click()
    expect(page.call).to_be_visible(timeout=PATIENCE_MS)

    with requests_to(page, "/session") as minted:
        page.connect()

    assert {wish["language"] for wish in minted} == {"fr"}


def test_a_stored_conversation_opens_beside_a_call_that_goes_on(silent_page):
    page = silent_page.connect()
    ask(page, "remember the number seven")
    page.state_is("listening")
    page.disconnect()
    first = page.conversation_id
    page.open().connect()
    ask(page, "another talk")

    page.page.locator(f'.conversation-link[href="/conversations/{first}"]').dblclick()

    expect(page.part("session-tab")).to_have_count(2)
    assert page.texts("user") == ["remember the number seven"]
    page.page.wait_for_url(re.compile(f"/conversations/{first}$"))
    assert script(page, "vivavoce.sessions.map(({ state }) => state)") == ["listening"]
    page.type("what do you know")
    assert "user: remember the number seven" in page.replied(2)
    expect(page.turns("user", final=True)).to_have_count(2)
    tab(page, 1).click()
    ask(page, "the other goes on", number=2)
    page.page.locator(f'.conversation-link[href="/conversations/{first}"]').click()
    expect(page.part("session-tab")).to_have_count(2)
    expect(tab(page, 2)).to_have_attribute("aria-selected", "true")


def test_no_link_ends_a_call(silent_page):
    page = silent_page.connect()
    page.page.get_by_role("link", name="New conversation").click()
    expect(page.part("session-tab")).to_have_count(2)
    expect(tab(page, 2)).to_have_attribute("aria-selected", "true")

    for name in ("Search the conversations", "Privacy"):
        if name == "Privacy" and page.page.locator(".bar-menu").is_visible():
            page.page.locator(".bar-menu").click()
        with page.context.expect_page() as opened:
            page.page.get_by_role("link", name=name).click()
        opened.value.close()

    tab(page, 1).click()
    ask(page, "it goes on")
