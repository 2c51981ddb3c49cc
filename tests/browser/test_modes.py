"""The choice of the mode: remembered for the person, and changed in the middle of a talk."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.waiting_words import kept


def test_mode_voice_and_language_survive_reload_and_a_second_device(
    silent_browser, scripted_app, open_page
):
    page = open_page(silent_browser, scripted_app).open()
    page.switch("text")
    page.prefer(voice_text="another", language="de")

    page.open()
    state = page.context.storage_state()
    other = open_page(silent_browser, scripted_app, storage_state=state).open()

    for window in (page, other):
        expect(window.call).to_have_attribute("data-mode", "text")
        expect(window.part("mode-text").locator("input")).to_be_checked()
        stored = window.preferences()
        assert (stored["voice_text"], stored["language"]) == ("another", "de")
    other.switch("native")
    page.open()
    expect(page.call).to_have_attribute("data-mode", "native")


def test_two_switches_in_one_talk_keep_one_transcript_and_its_context(
    quick_app, silent_browser, open_page
):
    page = open_page(silent_browser, quick_app, record=True).prefer(mode="text")
    page.open().connect()
    said = []
    for number, mode in enumerate(("text", "native", "text"), start=1):
        if number > 1:
            page.switch(mode)
            page.state_is("listening")
        words = f"Question {number}"
        page.type(words)
        page.replied(number)
        page.state_is("listening")
        said += [words, f"You said: {words}"]

    page.type("what do you know")
    known = page.replied(4)

    turns = [line for line in known.splitlines() if not line.startswith("system")]
    speakers = ["user: ", "assistant: "] * 3
    assert turns == [a + b for a, b in zip(speakers, said, strict=True)] + [
        "user: what do you know"
    ]
    assert page.texts() == [*said, "what do you know", known]
    assert page.page.evaluate("probe.peers.size") == 1
    page.disconnect()
    kept(page.page, 0)
    page.page.goto(f"{page.url}/conversations/{page.conversation_id}")
    assert page.texts()[:6] == said
