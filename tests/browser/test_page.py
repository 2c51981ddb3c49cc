"""The page: states, lights, keyboard, sizes, accessibility, and what it says when things fail."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests import speech
from tests.browser.talk_page import TalkPage
from tests.install import ROOT

AXE = ROOT / "tests" / "js" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"phone": (390, 844), "desk": (1280, 800)}


@pytest.mark.parametrize("size", SIZES)
def test_nothing_scrolls_sideways(silent_browser, scripted_app, open_page, size):
    width, height = SIZES[size]
    page = open_page(
        silent_browser, scripted_app, viewport={"width": width, "height": height}
    ).open()
    page.connect()
    page.type("x" * 300 + " " + "words " * 100 + "short")
    page.replied(1)

    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    for part in ("interrupt", "composer", "send", "mute", "disconnect"):
        box = page.part(part).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width, part
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, part


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(silent_browser, scripted_app, open_page, size, scheme):
    width, height = SIZES[size]
    page = open_page(
        silent_browser,
        scripted_app,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
    ).open()
    page.page.evaluate(AXE.read_text("utf-8"))

    found = axe_findings(page)
    page.connect()
    page.type("Say something short")
    page.replied(1)
    page.state_is("listening")
    found += axe_findings(page)
    page.disconnect()
    found += axe_findings(page)

    assert found == []


def axe_findings(page: TalkPage) -> list[str]:
    """What axe has to say about WCAG 2.2 AA."""
    result = page.page.evaluate(
        """() => axe.run(document, {runOnly: {type: "tag",
            values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}})"""
    )
    return [
        f"{finding['id']}: {node['html'][:120]} ({node['failureSummary'][:200]})"
        for finding in result["violations"]
        for node in finding["nodes"]
    ]


def test_a_conversation_by_keyboard_only(silent_browser, scripted_app, open_page):
    page = open_page(silent_browser, scripted_app).open()
    keyboard = page.page.keyboard

    tab_to(page, "connect")
    keyboard.press("Enter")
    page.state_is("listening")
    tab_to(page, "composer")
    keyboard.type("Tell me a long story")
    keyboard.press("Enter")
    page.state_is("speaking")
    expect(page.turns("assistant")).to_contain_text("Once upon")  # what nobody heard is not kept
    tab_to(page, "interrupt")
    # Of a reply that is interrupted before its first word was heard, nothing stays.
    expect(page.turns("assistant").first).to_contain_text("Once")
    keyboard.press("Space")
    page.state_is("listening")
    tab_to(page, "mute")
    keyboard.press("Enter")
    expect(page.call).to_have_attribute("data-muted", "true")
    tab_to(page, "disconnect")
    keyboard.press("Enter")
    page.state_is("ended", "idle")

    assert page.turns("assistant").first.get_attribute("data-interrupted") == "true"


def tab_to(page: TalkPage, name: str) -> None:
    """Press Tab until the part has the focus, which must be visible."""
    for _ in range(60):
        page.page.keyboard.press("Tab")
        focused = page.page.evaluate("document.activeElement?.dataset.testid ?? ''")
        if focused == name:
            return
    pytest.fail(f"{name} cannot be reached by keyboard")


def test_the_states_of_a_call_in_their_order(scripted_app, hearing_browser, open_page, espeak):
    said = speech.sequence([speech.speak("Say something short")], lead=2.0, gap=20)
    page = open_page(hearing_browser(said), scripted_app).open()
    page.page.evaluate(
        """() => {
            const call = document.querySelector("#call");
            const states = (window.states = [call.dataset.state]);
            new MutationObserver(() => {
                if (states.at(-1) !== call.dataset.state) states.push(call.dataset.state);
            }).observe(call, { attributeFilter: ["data-state"] });
        }"""
    )

    page.connect()
    page.replied(1)
    page.state_is("listening")
    page.disconnect()

    states = page.page.evaluate("window.states")
    assert states[:7] == [
        "idle", "connecting", "listening", "user-speaking", "thinking", "speaking", "listening",
    ]  # fmt: skip
    assert states[-1] in ("ended", "idle")


def test_lights_have_words(silent_page):
    page = silent_page
    lights = [page.part(f"status-{name}") for name in ("webrtc", "datachannel", "audio")]
    before = [light.inner_text() for light in lights]

    page.connect()

    for light, text in zip(lights, before, strict=True):
        expect(light).not_to_have_text(re.compile(re.escape(text) + "$"))
    page.disconnect()
    for light, text in zip(lights, before, strict=True):
        expect(light).to_have_text(re.compile(re.escape(text.split()[0])))


def test_a_refused_microphone_is_explained_and_typing_goes_on(
    silent_browser, scripted_app, open_page
):
    page = open_page(silent_browser, scripted_app).open()
    page.page.evaluate(
        """() => { navigator.mediaDevices.getUserMedia =
            async () => { throw new DOMException("denied", "NotAllowedError") } }"""
    )

    page.part("connect").click()

    notice = page.part("notice").first
    expect(notice).to_be_visible()
    expect(notice).to_have_attribute("data-code", re.compile("^[a-z]+(-[a-z]+)*$"))
    page.type("Then I type")
    page.replied(1)


def test_an_engine_that_is_gone_is_explained(app_with, silent_browser, open_page):
    app = app_with()
    page = open_page(silent_browser, app).open()
    app.programs["engine"].kill()

    page.part("connect").click()

    page.state_is("listening", "error", "reconnecting")
    page.complaints.clear()  # the browser itself logs the 503
    if page.call.get_attribute("data-state") == "error":
        expect(page.part("notice").first).to_be_visible()


def test_every_event_of_a_call_is_in_the_log(silent_page):
    page = silent_page.connect()
    page.type("Say something short")
    page.replied(1)
    page.page.get_by_role("button", name="Event log").click()

    events = page.part("event")
    for direction, kind in [
        ("server", "session.created"),
        ("client", "conversation.item.create"),
        ("client", "response.create"),
        ("server", "response.done"),
    ]:
        row = page.page.locator(
            f'[data-testid=event][data-direction="{direction}"][data-type="{kind}"]'
        )
        expect(row.first).to_be_attached()
    assert "ek_" not in page.part("event-log").inner_text()
    assert events.count() > 5
