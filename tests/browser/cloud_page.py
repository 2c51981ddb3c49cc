"""What tests of failing houses look for in the page."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.talk_page import TalkPage

NOTICE_MS = 12_000
"""Until a failure is told, on a busy machine."""


def notice(page: TalkPage, code: str) -> Locator:
    """Notices of one kind."""
    return page.page.locator(f'[data-testid=notice][data-code="{code}"]')


def trouble(page: TalkPage) -> Locator:
    """All notices, but for the one about a microphone that is silent, as it is here."""
    return page.page.locator('[data-testid=notice]:not([data-code="microphone-silent"])')


def tap(page: TalkPage) -> TalkPage:
    """Load the page and tap, whatever comes of it."""
    page.open().part("connect").click()
    return page


def talks_on(page: TalkPage, turns: int) -> None:
    """Type a turn and have it answered."""
    page.type("Say something short")
    page.replied(turns)
    assert page.texts("assistant")[-1] == "All right."
