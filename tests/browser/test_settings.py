"""The settings in a browser: saved as they are changed, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.running import RunningApp


@pytest.fixture
def context(silent_browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody new."""
    opened = silent_browser.new_context()
    yield opened
    opened.close()


def settings_page(context: BrowserContext, app: RunningApp) -> Page:
    """Open the settings; their script is at work once it has shown its buttons."""
    page = context.new_page()
    page.goto(f"{app.url}/settings")
    expect(page.locator("button[name=hear]").first).to_be_visible()
    return page


def test_a_change_is_saved_and_told_where_the_focus_stays(context, scripted_app):
    page = settings_page(context, scripted_app)

    page.locator("#setting-talk-open").focus()
    page.keyboard.press("ArrowDown")

    expect(page.get_by_role("status")).to_have_text("Saved")
    expect(page.locator("#setting-talk-hold")).to_be_focused()
    expect(page.locator("#setting-talk_key")).to_be_visible()
    expect(page.locator("#setting-turn_detection")).to_be_hidden()
    page.reload()
    expect(page.locator("#setting-talk-hold")).to_be_checked()


def test_a_key_is_taken_by_pressing_it_or_by_its_name(context, scripted_app):
    page = settings_page(context, scripted_app)
    page.locator("#setting-talk-tap").check()
    field, status = page.get_by_label("Key to talk with"), page.get_by_role("status")
    capture = page.get_by_role("button", name="Press a key")

    capture.press("Space")
    page.keyboard.press("Escape")
    expect(field).to_have_value("Space")
    capture.press("Space")
    # Its answer puts the field anew; what is typed before would be gone.
    with page.expect_response("**/settings"):
        page.keyboard.press("KeyT")
    expect(page.locator("#setting-talk_key")).not_to_have_class(re.compile("htmx-request"))
    expect(field).to_have_value("KeyT")
    expect(status).to_have_text("Saved")

    field.fill("my thumb")
    field.press("Enter")
    expect(page.locator(".setting-problem")).to_contain_text("no key to talk with")
    expect(status).to_have_text("Not saved: look at what is marked.")
    field.fill("F8")
    field.press("Enter")
    expect(page.locator(".setting-problem")).to_have_count(0)
    page.reload()
    expect(field).to_have_value("F8")


def test_a_voice_can_be_heard_before_it_is_used(context, scripted_app):
    page = settings_page(context, scripted_app)
    hear = page.locator("#setting-voice_text button[name=hear]")

    with page.expect_response("**/api/realtime/tts") as asked:
        hear.click()

    assert '"voice":"scripted"' in (asked.value.request.post_data or "")
    assert asked.value.headers["content-type"] == "audio/wav"
    expect(hear).to_have_text("Stop")
    hear.click()
    expect(hear).to_have_text("Hear it")
    expect(page.get_by_role("status")).to_have_text("")


def test_a_second_page_of_the_same_browser_follows(context, scripted_app):
    first, second = settings_page(context, scripted_app), settings_page(context, scripted_app)

    second.locator("#setting-captions-large").check()
    second.get_by_label("Greet first").check()

    expect(first.locator("#setting-captions-large")).to_be_checked()
    expect(first.get_by_label("Greet first")).to_be_checked()


def test_a_change_that_does_not_arrive_is_told(context, scripted_app):
    page = settings_page(context, scripted_app)
    context.set_offline(True)

    page.locator("#setting-captions-off").check()

    expect(page.get_by_role("status")).to_contain_text("Not saved")


def test_without_javascript_one_button_saves_all(silent_browser, scripted_app):
    context = silent_browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{scripted_app.url}/settings")

    page.locator("#setting-mode-text").check()
    page.get_by_label("Greet first").check()
    page.get_by_label("Your own instructions").fill("Be kind.")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_have_text("Saved")
    expect(page.locator("#setting-mode-text")).to_be_checked()
    expect(page.get_by_label("Greet first")).to_be_checked()
    expect(page.get_by_label("Your own instructions")).to_have_value("Be kind.")
    context.close()
