"""The second road: a browser or a network without WebRTC talks through this server."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route, WebSocket, expect

from tests import speech
from tests.browser.talk_page import PATIENCE_MS, TalkPage
from tests.browser.test_barge_in import (
    FULL_REPLY,
    INTERRUPTION,
    PROMPT,
    SILENT_WITHIN,
    stored_turns,
)

BLOCKED = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
"""No WebRTC but by TCP through a proxy, of which there is none: what a strict company sets."""
NOBODY_THERE = 9
"""UDP port; a firewall looks like this from within."""
MOVED_WITHIN_MS = 4_000
"""From the first attempt until one is heard."""
WITHOUT_WEBRTC = "delete window.RTCPeerConnection"
# By the page's own clock: a busy test looks late.
STATE_TIMES = """() => {
    const call = document.querySelector("#call");
    window.since = {};
    new MutationObserver(() => { window.since[call.dataset.state] ??= performance.now(); })
        .observe(call, { attributeFilter: ["data-state"] });
    document.querySelector("[data-testid=connect]").click();
}"""


class Frames:
    """What a window sends over its sockets."""

    def __init__(self, page: TalkPage) -> None:
        """Count from now on."""
        self.urls: list[str] = []
        self.types: dict[str, int] = {}
        page.page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        self.urls.append(socket.url)
        socket.on("framesent", lambda payload: self._count(json.loads(payload)))

    def _count(self, event: dict[str, Any]) -> None:
        self.types[event["type"]] = self.types.get(event["type"], 0) + 1


def notices(page: TalkPage, code: str):
    """Notices of one kind."""
    return page.page.locator(f'[data-testid=notice][data-code="{code}"]')


def connect_in_time(page: TalkPage) -> None:
    """Tap, and see that the relay's line is up as soon as is promised."""
    page.page.evaluate(STATE_TIMES)
    page.state_is("listening")
    took = page.page.evaluate("since.listening - since.connecting")
    assert took <= MOVED_WITHIN_MS
    expect(page.call).to_have_attribute("data-transport", "websocket")
    expect(page.part("status-webrtc")).to_have_attribute("title", "Relay: connected")
    expect(page.part("status-datachannel")).to_have_attribute("title", "Events: connected")
    expect(notices(page, "moved-to-relay")).to_have_count(1)


@pytest.mark.alone
def test_a_blocked_network_moves_the_talk_to_the_relay(
    app_with, hearing_browser, open_page, espeak
):
    sounds = [speech.speak(PROMPT), speech.speak(INTERRUPTION)]
    said = speech.sequence(sounds, lead=6.0, gap=[4.0, 20.0])
    app = app_with("interrupted.toml")
    page = open_page(hearing_browser(said, BLOCKED), app, record=True).open()

    connect_in_time(page)
    page.replied(2)
    page.silent("remote", seconds=1.0)

    sound = page.recording()
    prompt, interruption = speech.loud_spans(sound.mic, gap=1.5)[:2]
    first_reply = speech.loud_spans(sound.remote, gap=0.25)[0]
    assert prompt[1] < first_reply[0] < interruption[0] < first_reply[1]
    assert first_reply[1] - interruption[0] <= SILENT_WITHIN
    turns = stored_turns(page)
    assert [role for role, _, _ in turns] == ["user", "assistant", "user", "assistant"]
    assert [cut for _, _, cut in turns] == [False, True, False, False]
    heard = turns[1][1].rstrip(" ….")
    assert heard
    assert FULL_REPLY.startswith(heard)
    assert len(heard) < len(FULL_REPLY)


def test_text_mode_moves_to_the_relay(scripted_app, hearing_browser, open_page):
    browser = hearing_browser(speech.silence(1), BLOCKED)
    page = open_page(browser, scripted_app, record=True, scripts=["scripted_recognizer.js"])
    frames = Frames(page.prefer(mode="text"))
    page.open()

    connect_in_time(page)
    page.recognize("Say something short")
    page.loud("remote")
    assert page.replied(1) == "All right."

    assert page.texts() == ["Say something short", "All right."]
    assert "input_audio_buffer.append" not in frames.types
    assert page.sent_audio() == {"packets": 0, "bytes": 0, "tracks": 0}


@pytest.mark.alone
def test_webrtc_that_reaches_nobody_is_not_waited_for_long(scripted_app, silent_browser, open_page):
    page = open_page(silent_browser, scripted_app).open()

    def lead_nowhere(route: Route) -> None:
        answer = route.fetch()
        text = re.sub(r"(candidate:\S+ \d udp \d+ \S+) \d+", rf"\1 {NOBODY_THERE}", answer.text())
        route.fulfill(response=answer, body=text)

    page.page.route("**/api/realtime/calls/*", lead_nowhere)

    connect_in_time(page)
    page.type("Say something short")
    assert page.replied(1) == "All right."


def test_only_one_call_is_left_of_the_race(quick_app, hearing_browser, open_page):
    page = open_page(hearing_browser(speech.silence(1), BLOCKED), quick_app).open()
    ended: list[str] = []
    page.page.on(
        "request", lambda asked: ended.append(asked.url) if asked.method == "DELETE" else None
    )

    page.connect()
    page.type("Is anybody there")
    page.replied(1)

    mine = page.page.evaluate("vivavoce.sessions[0].callId")
    assert len(ended) == 1
    assert mine not in ended[0]
    assert page.page.evaluate("probe.peers.size") == 0
    page.disconnect()


def test_a_browser_without_webrtc_is_not_kept_waiting(scripted_app, silent_browser, open_page):
    page = open_page(silent_browser, scripted_app)
    page.context.add_init_script(WITHOUT_WEBRTC)
    page.open().connect()

    expect(page.call).to_have_attribute("data-transport", "websocket")
    page.type("Say something short")
    assert page.replied(1) == "All right."
    page.heard(1)
    page.state_is("listening")


def test_whoever_chooses_the_relay_gets_it_at_once(scripted_app, silent_browser, open_page):
    page = open_page(silent_browser, scripted_app).prefer(transport="websocket").open()
    frames = Frames(page)
    expect(page.call).to_have_attribute("data-transport", "websocket")

    page.connect()
    page.type("Say something short")
    page.replied(1)
    page.heard(1)

    assert page.page.evaluate("probe.made") == 0
    assert len(frames.urls) == 1
    assert re.search(r"/ws/realtime\?call_id=[\w-]+$", frames.urls[0])
    assert frames.types["input_audio_buffer.append"] > 10
    expect(notices(page, "moved-to-relay")).to_have_count(0)


def test_the_way_is_changed_while_the_talk_goes_on(scripted_app, silent_browser, open_page):
    page = open_page(silent_browser, scripted_app).open().connect()
    page.type("Say something short")
    page.replied(1)
    page.part("settings").click()

    page.page.locator("#settings").get_by_label("The relay only").check()

    expect(page.call).to_have_attribute("data-transport", "websocket", timeout=PATIENCE_MS)
    expect(page.part("status-webrtc")).to_have_attribute("title", "Relay: connected")
    page.page.keyboard.press("Escape")
    page.type("And again, short")
    page.replied(2)
    assert page.page.evaluate("probe.peers.size") == 0
    assert page.texts() == ["Say something short", "All right.", "And again, short", "All right."]


@pytest.mark.parametrize("flags", [(), (BLOCKED,)])
def test_a_lost_relay_is_found_again(app_with, hearing_browser, open_page, flags):
    app = app_with("quick.toml")
    page = open_page(hearing_browser(speech.silence(1), *flags), app)
    page.prefer(transport="auto" if flags else "websocket").open().connect()
    page.type("My name is Ada")
    page.replied(1)
    page.page.evaluate("performance.mark('killed')")

    app.programs["engine"].kill()
    page.state_is("reconnecting")
    page.state_is("listening")
    page.type("what do you know")
    answer = page.replied(2)

    page.complaints[:] = [found for found in page.complaints if "503" not in found]
    assert answer.count("user: My name is Ada") == 1
    expect(page.call).to_have_attribute("data-transport", "websocket")
    assert page.page.evaluate("probe.made") == len(flags)
