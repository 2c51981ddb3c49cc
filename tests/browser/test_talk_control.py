"""Hold to talk and tap to talk: by mouse, touch and key."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import speech
from tests.browser.conftest import BOTH_WAYS
from tests.browser.talk_page import TalkPage
from tests.browser.test_page import AXE, axe_findings

MODES = ["native", "text"]


@pytest.fixture
def talk_page(silent_browser, scripted_app, open_page):
    """Opens a window on a live call with this talk control."""

    def start(talk: str, *, mode: str = "native", **context: object) -> TalkPage:
        page = open_page(silent_browser, scripted_app, **context)
        page.prefer(mode=mode, talk=talk).open().connect()
        expect(page.part("talk")).to_be_enabled()
        return page

    return start


def pressed(page: TalkPage, is_pressed: bool) -> None:
    """Wait for the button to be down, or up."""
    expect(page.part("talk")).to_have_attribute("aria-pressed", str(is_pressed).lower())


@pytest.mark.parametrize("mode", MODES)
def test_held_by_the_mouse(talk_page, mode):
    page = talk_page("hold", mode=mode)
    label = page.page.locator(".state-label")
    expect(page.part("talk")).to_have_accessible_name("Hold to talk")
    expect(label).to_have_text("Hold the button to talk")

    page.part("talk").hover()
    page.page.mouse.down()
    pressed(page, True)
    expect(page.part("talk")).to_have_accessible_name("Talking")
    page.page.mouse.move(5, 5)  # away from the button, still held
    pressed(page, True)
    page.page.mouse.up()
    pressed(page, False)


@pytest.mark.parametrize("mode", MODES)
def test_tapped(talk_page, mode):
    page = talk_page("tap", mode=mode)
    expect(page.part("talk")).to_have_accessible_name("Tap to talk")

    page.part("talk").click()
    pressed(page, True)
    page.part("talk").click()
    pressed(page, False)
    page.page.keyboard.press("Space")
    pressed(page, True)
    page.page.keyboard.press("Space")
    pressed(page, False)


def test_held_by_touch(talk_page):
    page = talk_page("hold", has_touch=True, viewport={"width": 360, "height": 740})
    box = page.part("talk").bounding_box()
    assert box
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger = page.context.new_cdp_session(page.page)

    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    pressed(page, True)
    page.page.wait_for_timeout(1_000)  # as long as a browser takes to offer its menu
    pressed(page, True)
    assert page.page.evaluate("getSelection().toString()") == ""
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    pressed(page, False)

    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    pressed(page, True)
    finger.send("Input.dispatchTouchEvent", {"type": "touchCancel", "touchPoints": []})
    pressed(page, False)


def test_the_key_works_everywhere_but_where_one_types(talk_page):
    page = talk_page("hold")
    keyboard = page.page.keyboard

    page.part("mute").click()
    page.part("mute").click()  # has the focus now; the key does not click it
    keyboard.down("Space")
    pressed(page, True)
    keyboard.down("Space")  # repeats
    keyboard.up("Space")
    pressed(page, False)
    expect(page.call).to_have_attribute("data-muted", "false")

    for keys in ("Control", "Shift", "Alt", "Meta"):
        keyboard.down(keys)
        keyboard.down("Space")
        pressed(page, False)
        keyboard.up("Space")
        keyboard.up(keys)

    page.part("composer").focus()
    keyboard.down("Space")
    pressed(page, False)
    keyboard.up("Space")
    expect(page.part("composer")).to_have_value(" ")

    page.part("mic-select").focus()
    keyboard.down("Space")
    pressed(page, False)
    keyboard.up("Space")


def test_whoever_moves_by_keyboard_presses_what_has_the_focus(talk_page):
    page = talk_page("hold")
    page.part("composer").focus()
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Tab")
    expect(page.part("mute")).to_be_focused()

    page.page.keyboard.down("Space")
    pressed(page, False)
    page.page.keyboard.up("Space")

    expect(page.call).to_have_attribute("data-muted", "true")


def test_another_key(silent_browser, scripted_app, open_page):
    page = open_page(silent_browser, scripted_app).prefer(talk="hold", talk_key="KeyT")
    page.open().connect()
    expect(page.part("talk")).to_be_enabled()

    page.page.keyboard.down("Space")
    pressed(page, False)
    page.page.keyboard.up("Space")
    page.page.keyboard.down("t")
    pressed(page, True)
    page.page.keyboard.up("t")
    pressed(page, False)


def test_leaving_the_window_lets_go(talk_page):
    page = talk_page("hold")
    page.page.keyboard.down("Space")
    pressed(page, True)

    page.page.evaluate("dispatchEvent(new Event('blur'))")

    pressed(page, False)
    page.page.keyboard.up("Space")


def test_a_screen_reader_clicks_once_to_talk_and_once_to_stop(talk_page):
    page = talk_page("hold")

    for is_pressed in (True, False):
        page.part("talk").evaluate("button => button.click()")
        pressed(page, is_pressed)


def test_there_is_no_button_where_it_would_do_nothing(silent_page):
    page = silent_page
    expect(page.part("talk")).to_be_hidden()
    page.connect()  # with an open microphone
    expect(page.part("talk")).to_be_hidden()
    page.disconnect()

    page.prefer(talk="hold").open()
    expect(page.part("talk")).to_be_hidden()
    page.type("Say something short")  # without a microphone
    page.replied(1)
    expect(page.part("talk")).to_be_hidden()


def test_a_closed_microphone_is_not_called_silent(silent_browser, scripted_app, open_page):
    # A move to the relay, which a slow machine may need, would be told.
    page = open_page(silent_browser, scripted_app).prefer(talk="hold", transport="webrtc")
    page.open().connect()
    expect(page.part("talk")).to_be_enabled()

    page.page.wait_for_timeout(4_000)

    expect(page.part("notice")).to_have_count(0)


@BOTH_WAYS
@pytest.mark.parametrize("mode", MODES)
def test_what_is_said_while_held_is_answered(
    hearing_browser, scripted_app, open_page, espeak, mode
):
    said = speech.sequence([speech.speak("Say something short")], lead=2.0, gap=20)
    page = open_page(hearing_browser(said), scripted_app).prefer(mode=mode, talk="hold")
    page.open().connect()
    expect(page.part("talk")).to_be_enabled()

    page.page.keyboard.down("Space")
    page.page.wait_for_timeout(5_000)
    expect(page.turns("assistant")).to_have_count(0)  # not before the key goes up
    page.page.keyboard.up("Space")

    page.replied(1)
    assert page.texts() == ["Say something short.", "All right."]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_while_talking_correcting_and_choosing(talk_page, width, scheme):
    page = talk_page(
        "hold",
        viewport={"width": width, "height": 740},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page.page.evaluate(AXE.read_text("utf-8"))
    page.type("Say something short")
    page.replied(1)

    page.part("edit-turn").click()
    found = axe_findings(page)
    page.page.keyboard.press("Escape")
    page.page.evaluate("document.activeElement.blur()")
    page.page.keyboard.down("Space")
    pressed(page, True)
    found += axe_findings(page)
    page.page.keyboard.up("Space")
    if width < 900:
        page.page.get_by_role("button", name="Menu").click()
        found += axe_findings(page)
    page.part("settings").click()
    expect(page.page.locator("#settings")).to_be_visible()
    found += axe_findings(page)

    assert found == []
