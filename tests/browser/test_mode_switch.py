"""The mode switch, the settings over the page, and what the page says about both."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.cloud_page import NOTICE_MS, notice
from tests.browser.conftest import BOTH_WAYS
from tests.browser.talk_page import PATIENCE_MS


def test_a_mode_that_is_not_on_offer_says_why(app_with, silent_browser, open_page):
    page = open_page(silent_browser, app_with(MODES="native")).open()
    page.page.mouse.move(5, 5)
    refused = page.part("mode-text")
    reason = refused.locator(".mode-reason")

    expect(page.part("mode-native").get_by_role("radio")).to_be_checked()
    expect(refused).to_be_disabled()
    expect(reason).to_have_css("opacity", "0")
    refused.hover()
    expect(reason).to_have_css("opacity", "1")
    why = reason.inner_text()
    assert len(why) > 10
    expect(refused.get_by_role("radio")).to_have_accessible_name(f"Text + voice {why}")

    page.page.mouse.move(5, 500)
    refused.click(force=True)  # a tap: it tells, and chooses nothing
    page.page.mouse.move(5, 500)
    expect(reason).to_have_css("opacity", "1")
    expect(page.part("mode-native").get_by_role("radio")).to_be_checked()
    expect(page.call).to_have_attribute("data-mode", "native")


def test_the_reason_is_reached_by_keyboard(app_with, silent_browser, open_page):
    page = open_page(silent_browser, app_with(MODES="text")).open()
    page.page.mouse.move(5, 5)
    page.part("mode-text").get_by_role("radio").focus()

    page.page.keyboard.press("ArrowLeft")

    expect(page.part("mode-native").locator(".mode-reason")).to_have_css("opacity", "1")
    expect(page.part("mode-text").get_by_role("radio")).to_be_checked()


def test_the_choice_survives_a_reload(silent_page):
    page = silent_page
    hint = page.page.locator(".caption-hint")
    expect(hint).to_contain_text("Your voice goes to")

    with page.page.expect_response("**/settings"):
        page.switch("text")
    expect(hint).to_contain_text("down your words")
    page.open()

    expect(page.part("mode-text").get_by_role("radio")).to_be_checked()
    expect(page.call).to_have_attribute("data-mode", "text")
    assert page.preferences()["mode"] == "text"


def test_a_choice_that_was_not_stored_is_put_back(silent_page):
    page = silent_page

    def refuse(route: Route) -> None:
        route.fulfill(status=500) if route.request.method == "POST" else route.continue_()

    page.page.route("**/settings", refuse)
    page.page.mouse.move(5, 5)

    page.part("mode-text").click()

    expect(page.part("notice")).to_have_attribute("data-code", "settings-failed")
    expect(page.part("mode-native").get_by_role("radio")).to_be_checked()
    page.complaints.clear()  # the browser itself logs the 500


@BOTH_WAYS
@pytest.mark.parametrize(("one", "other"), [("native", "text"), ("text", "native")])
def test_a_live_call_changes_over_after_the_answer(
    silent_browser, scripted_app, open_page, one, other
):
    # A long reply: whatever the machine does besides, the switch comes while it is spoken.
    words = "Please tell me everything that you know about boats and ships of all times, slowly"
    page = open_page(silent_browser, scripted_app).prefer(mode=one).open().connect()
    page.type(words)
    page.state_is("thinking", "speaking")

    page.part(f"mode-{other}").click()

    note = page.page.locator(".state-note")
    expect(note).to_have_text("Switching after this answer")
    expect(page.call).to_have_attribute("data-mode", one)
    page.replied(1)
    expect(page.call).to_have_attribute("data-mode", other, timeout=PATIENCE_MS)
    expect(note).to_have_text("")
    page.type("And again, short")
    expect(page.turns().locator(".turn-text")).to_have_text(
        [words, f"You said: {words}", "And again, short", "All right."], timeout=PATIENCE_MS
    )


def test_a_change_over_that_fails_leaves_all_as_it_was(silent_page):
    page = silent_page.connect()
    page.page.route("**/api/realtime/session", lambda route: route.fulfill(status=503))

    page.part("mode-text").click()

    expect(notice(page, "mode-unavailable")).to_be_visible(timeout=NOTICE_MS)
    expect(page.part("mode-native").get_by_role("radio")).to_be_checked()
    expect(page.page.locator(".state-note")).to_have_text("")
    page.type("Say something short")
    assert page.replied(1) == "All right."
    expect(page.call).to_have_attribute("data-mode", "native")
    assert page.preferences()["mode"] == "native"
    page.complaints.clear()  # the browser itself logs the 503


def test_settings_over_the_page_while_the_call_goes_on(silent_page):
    page = silent_page.connect()
    call_id = page.page.evaluate("vivavoce.sessions[0].callId")
    dialog = page.page.locator("#settings")

    page.part("settings").click()
    dialog.get_by_label("Tap to talk").check()

    expect(page.part("talk")).to_be_visible()
    page.state_is("listening")
    assert page.page.evaluate("vivavoce.sessions[0].callId") == call_id
    dialog.get_by_label("Large").check()
    expect(page.call).to_have_attribute("data-captions", "large")
    page.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.part("settings")).to_be_focused()


def test_captions_can_be_off(silent_browser, scripted_app, open_page):
    page = open_page(silent_browser, scripted_app).prefer(captions="off").open()
    page.type("Say something short")
    page.replied(1)

    expect(page.part("caption")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_head_of_the_page_fits(silent_browser, scripted_app, open_page, width):
    page = open_page(silent_browser, scripted_app, viewport={"width": width, "height": 740}).open()

    boxes = [
        part.bounding_box() for part in page.page.locator(".bar > *").all() if part.is_visible()
    ]

    assert boxes[0]["x"] >= 0 and boxes[-1]["x"] + boxes[-1]["width"] <= width
    for left, right in zip(boxes, boxes[1:], strict=False):
        assert left["x"] + left["width"] <= right["x"] + 0.5
