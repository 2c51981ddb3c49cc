"""The engine is killed in the middle of a call: the page says so, calls again, and goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.talk_page import TalkPage
from tests.browser.waiting_words import kept

NOTICED_WITHIN_MS = 8_000
"""A killed program says no goodbye; browsers themselves take about ten seconds."""
# The state may last for less than a test needs to look, so the page itself keeps what it saw.
WATCH = """(words) => {
    const call = document.querySelector("#call");
    const label = document.querySelector("[data-behavior=state-label]");
    window.lost = new Promise((resolve, reject) => {
        const observer = new MutationObserver(() => {
            if (call.dataset.state !== "reconnecting") return;
            observer.disconnect();
            if (words) {
                const form = document.querySelector("[data-behavior=composer]");
                form.querySelector("input").value = words;
                form.requestSubmit();
            }
            queueMicrotask(() => resolve(label.textContent));
        });
        observer.observe(call, { attributeFilter: ["data-state"] });
        window.startPatience = (ms) => setTimeout(() => reject(new Error("not noticed")), ms);
    });
}"""
LOST = "(ms) => { startPatience(ms); return lost }"


@pytest.fixture
def kill_engine(app_with, silent_browser, open_page) -> Callable[[str], tuple[TalkPage, str]]:
    """Talks a little, kills the engine, and types these words once the page has noticed."""

    def start(words: str) -> tuple[TalkPage, str]:
        app = app_with("quick.toml")
        page = open_page(silent_browser, app).open().connect()
        page.type("My name is Ada")
        page.replied(1)
        page.state_is("listening")
        page.page.evaluate(WATCH, words)
        app.programs["engine"].kill()
        label = page.page.evaluate(LOST, NOTICED_WITHIN_MS)
        page.state_is("listening", "thinking", "speaking")
        return page, label

    return start


def test_a_killed_engine_costs_no_word(kill_engine):
    page, label = kill_engine("")
    page.type("what do you know")
    answer = page.replied(2)

    page.complaints[:] = [found for found in page.complaints if "503" not in found]
    assert label.startswith("Connection lost. Reconnecting")
    assert answer.count("user: My name is Ada") == 1, answer
    assert answer.count("assistant: You said: My name is Ada") == 1, answer
    said = ["My name is Ada", "You said: My name is Ada", "what do you know", answer]
    assert page.texts() == said
    page.disconnect()
    address = f"{page.url}/conversations/{page.conversation_id}"
    kept(page.page, 0)  # the last words may still be on their way
    page.page.goto(address)
    assert page.texts() == said


def test_what_is_typed_meanwhile_is_answered_once(kill_engine):
    page, _ = kill_engine("Are you there")
    page.replied(2)
    page.state_is("listening")

    page.complaints[:] = [found for found in page.complaints if "503" not in found]
    assert page.texts()[2:] == ["Are you there", "You said: Are you there"]
