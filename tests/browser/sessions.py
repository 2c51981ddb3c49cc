"""What a person does with several sessions in one page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Request, expect

from tests.browser.talk_page import TalkPage


def open_another(page: TalkPage, button: str = "start-session", **choices: str) -> None:
    """Open a session beside those that are there, by the form in the menu."""
    if page.page.locator(".bar-menu").is_visible():
        page.page.locator(".bar-menu").click()
    page.part("new-session").click()
    for name, value in choices.items():
        page.page.locator(f".new-session [name={name}]").select_option(value)
    page.part(button).click()
    expect(page.page.locator(".new-session")).to_have_count(0)


def tab(page: TalkPage, number: int) -> Locator:
    """A tab, the first is 1."""
    return page.part("session-tab").nth(number - 1)


def ask(page: TalkPage, words: str, *, number: int = 1) -> None:
    """Type a question to the session in front, and see that it answers this one."""
    page.type(words)
    assert page.replied(number) == f"You said: {words}"


def script(page: TalkPage, code: str, argument: object = None) -> Any:
    """Run a script of the page's."""
    return page.page.evaluate(code, argument)


@contextmanager
def requests_to(page: TalkPage, path: str) -> Iterator[list[dict]]:
    """Collect what is posted to one of our routes."""
    posted: list[dict] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith(path):
            posted.append(json.loads(request.post_data or ""))

    page.page.on("request", note)
    yield posted
    page.page.remove_listener("request", note)
