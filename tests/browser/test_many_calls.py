"""Calling again and again, and two at once: nothing is left behind, nothing is mixed up."""

from __future__ import annotations

import time

import psutil

from tests.browser.talk_page import TalkPage
from tests.browser.waiting_words import kept
from tests.running import RunningApp

ROUNDS = 10
WARM_UP_ROUNDS = 5
"""Caches, pools and allocators fill during these."""
MEMORY_GROWTH = 8_000_000
"""Bytes over ROUNDS calls; one leaked peer connection alone holds several hundred kB."""
SPARE = {"threads": 4, "connections": 4, "files": 0}
"""By which pools of threads and of kept connections may have grown; one for each call is more."""
SETTLE_SECONDS = 15


def held(process: psutil.Process) -> dict[str, int]:
    """What a program holds; HTTP connections that are kept for later count by themselves."""
    kept = [one for one in process.net_connections("tcp") if one.status == "ESTABLISHED"]
    return {
        "threads": process.num_threads(),
        "connections": len(kept),
        "files": process.num_fds() - len(kept),
        "memory": process.memory_info().rss,
    }


def settled(app: RunningApp, baseline: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Wait until threads and files are back at the baseline, or until patience ends."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        now = {name: held(process) for name, process in app.programs.items()}
        grown = any(
            now[name][what] > baseline[name][what] + spare
            for name in now
            for what, spare in SPARE.items()
        )
        if not grown or time.monotonic() > deadline:
            return now
        time.sleep(0.1)  # another process tells nobody when it closes a file


def call_once(page: TalkPage, number: int) -> None:
    """One call with one typed turn."""
    page.connect()
    page.type("Say something short")
    page.heard(number)
    page.replied(number)
    page.disconnect()


def test_many_calls_leave_nothing_behind(app_with, silent_browser, open_page):
    app = app_with()
    page = open_page(silent_browser, app).open()
    for number in range(1, WARM_UP_ROUNDS + 1):
        call_once(page, number)
    before = settled(app, {name: held(process) for name, process in app.programs.items()})

    for number in range(WARM_UP_ROUNDS + 1, WARM_UP_ROUNDS + ROUNDS + 1):
        call_once(page, number)

    after = settled(app, before)
    assert page.page.evaluate("probe.made") >= WARM_UP_ROUNDS + ROUNDS
    assert page.page.evaluate("probe.peers.size") == 0
    for name in before:
        for what, spare in SPARE.items():
            assert after[name][what] <= before[name][what] + spare, (name, what)
        assert after[name]["memory"] - before[name]["memory"] < MEMORY_GROWTH, name


def test_connecting_and_ending_within_a_moment_leaves_no_peer(app_with, silent_browser, open_page):
    # The engine may still be answering the offers of all of them.
    app = app_with(ENGINE_MAX_CALLS="16")
    page = open_page(silent_browser, app).prefer(transport="webrtc").open()

    for _ in range(5):
        page.part("connect").click()
        page.part("disconnect").click()
        page.state_is("ended", "idle")
    page.part("connect").dblclick()
    page.state_is("listening")
    # An offer that is under way when the call is ended comes too late; the browser logs that.
    page.complaints[:] = [found for found in page.complaints if "410" not in found]

    assert page.page.evaluate("probe.peers.size") == 1
    page.disconnect()
    assert page.page.evaluate("probe.peers.size") == 0


def test_two_browsers_have_two_conversations(silent_browser, scripted_app, open_page):
    ada = open_page(silent_browser, scripted_app).open().connect()
    ben = open_page(silent_browser, scripted_app).open().connect()

    ada.type("Ada asks something")
    ben.type("Ben asks something else")
    ada.replied(1)
    ben.replied(1)

    assert ada.texts("user") == ["Ada asks something"]
    assert ben.texts("user") == ["Ben asks something else"]
    assert ada.conversation_id != ben.conversation_id
    foreign = ben.page.request.get(f"{ben.url}/conversations/{ada.conversation_id}")
    assert foreign.status == 404
    ada.disconnect()
    ben.type("Ben goes on")
    ben.replied(2)


def test_closing_the_window_ends_the_call(app_with, silent_browser, open_page):
    app = app_with()
    first = open_page(silent_browser, app).open()
    call_once(first, 1)
    before = settled(app, {name: held(process) for name, process in app.programs.items()})

    second = open_page(silent_browser, app).open().connect()
    second.page.close(run_before_unload=False)

    after = settled(app, before)
    assert after["engine"]["files"] <= before["engine"]["files"]


def test_a_call_goes_on_while_the_page_is_reloaded_elsewhere(
    silent_browser, scripted_app, open_page
):
    page = open_page(silent_browser, scripted_app).open().connect()
    page.type("Remember this")
    page.heard(1)
    page.replied(1)
    words = page.texts()
    page.disconnect()
    kept(page.page, 0)

    page.page.goto(f"{page.url}/conversations/{page.conversation_id}")

    assert page.texts() == words
    page.connect()
    page.type("And go on")
    page.replied(2)
    assert page.texts()[:2] == words
