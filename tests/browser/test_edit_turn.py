""" "That is not what I said": one's own last turn is corrected, and answered anew."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.talk_page import PATIENCE_MS

MODES = ["native", "text"]


def correct(page, old: str, new: str) -> None:
    """Open the field in the last turn, which says `old`, and save `new`."""
    button = page.turns("user").last.get_by_test_id("edit-turn")
    button.click()
    field = page.part("edit-text")
    expect(field).to_be_focused()
    expect(field).to_have_value(old)
    field.fill(new)
    page.part("edit-save").click()


@pytest.mark.parametrize("mode", MODES)
def test_a_corrected_turn_is_answered_anew(silent_browser, scripted_app, open_page, mode):
    page = open_page(silent_browser, scripted_app).prefer(mode=mode).open()
    page.type("Tell me about Wales")
    assert "Wales" in page.replied(1)
    page.state_is("listening")

    correct(page, "Tell me about Wales", "Tell me about whales")

    expect(page.turns("assistant", final=True)).to_contain_text(
        "You said: Tell me about whales", timeout=PATIENCE_MS
    )
    expect(page.turns("assistant")).to_have_count(1)
    expect(page.turns("user")).to_have_count(1)
    expect(page.turns("user")).to_contain_text("Tell me about whales")


def test_the_correction_is_what_the_provider_remembers(quick_app, silent_browser, open_page):
    page = open_page(silent_browser, quick_app).open()
    page.type("My name is Wales")
    page.replied(1)
    page.state_is("listening")
    correct(page, "My name is Wales", "My name is Whale")
    expect(page.turns("assistant", final=True)).to_contain_text("Whale", timeout=PATIENCE_MS)
    page.state_is("listening")

    page.type("what do you know")

    known = page.replied(2)
    assert "My name is Whale" in known and "Wales" not in known


def test_after_a_reload_the_corrected_turn_begins_a_typed_call(silent_page):
    page = silent_page
    page.type("Tell me about Wales")
    page.replied(1)
    page.disconnect()
    page.open(f"/conversations/{page.conversation_id}")

    correct(page, "Tell me about Wales", "Tell me about whales")

    expect(page.turns("assistant", final=True)).to_contain_text("whales", timeout=PATIENCE_MS)
    expect(page.turns()).to_have_count(2)
    page.state_is("listening")
    page.disconnect()
    page.open(f"/conversations/{page.conversation_id}")
    expect(page.turns()).to_have_count(2)  # what was still on its way is sent by the next page
    assert page.texts() == ["Tell me about whales", "You said: Tell me about whales"]


def test_only_the_last_turn_of_ones_own_can_be_corrected(silent_page):
    page = silent_page
    for count, text in enumerate(("The first", "The second"), 1):
        page.type(text)
        page.replied(count)

    expect(page.turns("user").first.get_by_test_id("edit-turn")).to_be_hidden()
    expect(page.turns("user").last.get_by_test_id("edit-turn")).to_be_visible()
    expect(page.turns("assistant").last.get_by_test_id("edit-turn")).to_have_count(0)


def test_the_field_by_keyboard(silent_page):
    page = silent_page
    page.type("Tell me about Wales")
    page.replied(1)
    button = page.part("edit-turn")
    keyboard = page.page.keyboard

    button.focus()
    keyboard.press("Enter")
    keyboard.press("Control+A")
    keyboard.type("Nonsense")
    keyboard.press("Escape")

    expect(page.part("edit-text")).to_have_count(0)
    expect(button).to_be_focused()
    expect(page.turns("user")).to_contain_text("Tell me about Wales")

    keyboard.press("Enter")
    keyboard.press("Control+A")
    keyboard.type("Tell me about whales")
    keyboard.press("Enter")

    expect(page.turns("assistant", final=True)).to_contain_text("whales", timeout=PATIENCE_MS)


def test_the_same_words_ask_for_nothing(silent_page):
    page = silent_page
    page.type("Tell me about Wales")
    page.replied(1)
    item = page.turns("assistant").get_attribute("data-item-id")

    correct(page, "Tell me about Wales", "Tell me about Wales ")

    expect(page.part("edit-text")).to_have_count(0)
    page.state_is("listening")
    assert page.turns("assistant").get_attribute("data-item-id") == item
