"""Several sessions in one page: each with its own conversation, one of them with the microphone."""

from __future__ import annotations

import re

from playwright.sync_api import Request, expect

from tests import speech
from tests.browser.sessions import ask, open_another, requests_to, script, tab

HEARING = "vivavoce.sessions.map(({ hasMicrophone }) => hasMicrophone)"
PAUSE_MS = 150
"""No turn is over sooner than this after its last word."""
ANSWERED = """
async ([id, words]) => {
  const session = vivavoce.getSessionById(id);
  const replies = () => session.turns.filter((turn) => turn.role === "assistant" && turn.final);
  const before = replies().length;
  vivavoce.sendTextMessage(id, words);
  return new Promise((resolve) => {
    const look = () => { if (replies().length > before) resolve(replies().at(-1).text); };
    vivavoce.subscribe(look);
    look();
  });
}
"""


def told_of_a_reply(request: Request) -> bool:
    return request.url.endswith("/api/reports") and "first_sound_ms" in (request.post_data or "")


def test_three_sessions_at_once_answer_and_closing_one_leaves_the_others(silent_page):
    page = silent_page.prefer(transport="webrtc").open().connect()
    expect(page.page.locator(".tabs")).to_be_hidden()

    ask(page, "the first question")
    for number, words in enumerate(("the second question", "the third question"), start=2):
        open_another(page)
        page.state_is("listening")
        expect(page.part("session-tab")).to_have_count(number)
        assert page.texts() == []
        ask(page, words)

    assert script(page, "vivavoce.sessions.length") == 3
    assert script(page, "new Set(vivavoce.sessions.map((each) => each.conversationId)).size") == 3
    tab(page, 2).click()
    assert page.texts("user") == ["the second question"]
    page.part("close-session").click()
    expect(page.part("session-tab")).to_have_count(2)
    expect(tab(page, 1)).to_contain_text("the first question")
    expect(tab(page, 2)).to_contain_text("the third question")
    for number, words in ((1, "the first goes on"), (2, "the third goes on")):
        tab(page, number).click()
        ask(page, words, number=2)
        page.state_is("listening")
    assert script(page, "probe.peers.size") == 2

    page.part("close-session").click()

    expect(page.page.locator(".tabs")).to_be_hidden()
    assert page.texts("user") == ["the first question", "the first goes on"]


def test_scripts_talk_with_three_sessions_at_once(silent_page):
    page = silent_page

    ids = script(
        page,
        """async () => (await Promise.all([0, 1, 2].map(() =>
            vivavoce.startSession({ microphone: false })))).map(({ id }) => id)""",
    )
    replies = script(
        page,
        f"async (ids) => Promise.all(ids.map((id, n) => ({ANSWERED})([id, `question ${{n}}`])))",
        ids,
    )

    assert replies == [f"You said: question {number}" for number in range(3)]
    expect(page.part("session-tab")).to_have_count(3)
    script(page, "id => vivavoce.closeSession(id)", ids[1])
    expect(page.part("session-tab")).to_have_count(2)
    assert set(script(page, "vivavoce.sessions.map(({ id }) => id)")) == {ids[0], ids[2]}
    assert script(page, ANSWERED, [ids[2], "what do you know"]).endswith("user: what do you know")
    assert script(page, "id => vivavoce.getSessionById(id) === undefined", ids[1])
    script(page, "id => vivavoce.showSession(id)", ids[0])
    assert page.texts("user") == ["question 0"]


def test_the_microphone_is_with_the_session_in_front(
    silent_browser, scripted_app, open_page, espeak
):
    page = open_page(silent_browser, scripted_app, scripts=["room.js"]).open().connect()
    open_another(page)
    page.state_is("listening")
    assert script(page, HEARING) == [False, True]
    expect(tab(page, 2)).to_have_attribute("data-hears", "true")

    tab(page, 1).click()
    assert script(page, HEARING) == [True, False]
    with page.page.expect_request(told_of_a_reply) as told:
        page.say(speech.speak("Say something short"))

    assert page.replied(1) == "All right."
    # People wait from their last word on, and not from when the pause behind it was over.
    assert told.value.post_data_json["timings"]["first_sound_ms"] > PAUSE_MS
    tab(page, 2).click()
    assert page.texts() == []
    page.part("mute").click()
    tab(page, 1).click()
    assert script(page, HEARING) == [False, False]
    expect(page.call).to_have_attribute("data-muted", "true")


def test_a_typed_session_of_a_script_leaves_the_talk_in_front(silent_page):
    page = silent_page.connect()

    ident = script(page, "async () => (await vivavoce.startSession({ microphone: false })).id")

    assert script(page, ANSWERED, [ident, "in the background"]) == "You said: in the background"
    assert script(page, HEARING) == [True, False]
    assert tab(page, 1).get_attribute("aria-selected") == "true"
    assert page.texts() == []
    script(page, "async () => { await vivavoce.startSession() }")
    assert script(page, HEARING) == [False, False, True]
    assert tab(page, 3).get_attribute("aria-selected") == "true"


def test_each_session_has_its_own_language_voice_and_mode(silent_page):
    page = silent_page.connect()

    with requests_to(page, "/session") as minted, requests_to(page, "/tts") as spoken:
        open_another(page, mode="text", language="de", voice_text="another")
        page.state_is("listening")
        expect(tab(page, 2)).to_have_attribute("title", re.compile("German.*another"))
        ask(page, "auf Deutsch")
        page.state_is("listening")
    asked = minted[-1]

    assert (asked["mode"], asked["language"]) == ("text", "de")
    assert {(wish["voice"], wish["language"]) for wish in spoken} == {("another", "de")}
    assert script(page, "vivavoce.sessions.map(({ mode }) => mode)") == ["native", "text"]
    assert page.preferences()["mode"] != "text"

    page.switch("native")
    page.state_is("listening")
    tab(page, 1).click()
    page.switch("text")
    page.state_is("listening")
    assert script(page, "vivavoce.sessions.map(({ mode }) => mode)") == ["text", "native"]


def test_a_native_session_in_another_voice(silent_page):
    page = silent_page.connect()

    with requests_to(page, "/session") as minted:
        open_another(page, "start-typing", voice_native="another")
        expect(page.part("composer")).to_be_focused()
        page.type("Say something short")
        page.replied(1)

    assert minted[-1]["voice"] == "another"
    assert script(page, "vivavoce.sessions.map((each) => each.isMuted)") == [True, False]
    log = page.part("event-log").locator('[data-type="session.created"]')
    expect(log).to_have_count(1)
    assert page.page.locator("[data-testid=event][data-type='state']").count() > 0


def test_a_session_that_is_closed_while_it_begins_leaves_no_peer(silent_page):
    page = silent_page.connect()
    before = script(page, "probe.peers.size")

    for _ in range(3):
        open_another(page)
        page.part("close-session").click()
        expect(page.page.locator(".tabs")).to_be_hidden()

    page.state_is("listening")
    assert script(page, "vivavoce.sessions.length") == 1
    page.page.wait_for_function("before => probe.peers.size === before", arg=before)


def test_a_script_goes_on_with_a_stored_conversation(silent_page):
    page = silent_page.connect()
    ask(page, "remember the number seven")
    page.state_is("listening")
    page.disconnect()
    first = page.conversation_id
    page.open()

    ident = script(
        page,
        """async (conversationId) =>
            (await vivavoce.startSession({ conversationId, microphone: false })).id""",
        first,
    )

    known = script(page, ANSWERED, [ident, "what do you know"])
    assert "user: remember the number seven" in known
    said = ["remember the number seven", "what do you know"]
    assert page.texts("user") == said
    again = (
        "async (id) => { await vivavoce.startSession({ conversationId: id, microphone: false }) }"
    )
    page.disconnect()
    script(page, again, first)
    expect(page.page.locator(".tabs")).to_be_hidden()
    assert page.texts("user") == said
    script(page, again, first)
    expect(page.part("session-tab")).to_have_count(2)
    for number in (1, 2):
        tab(page, number).click()
        assert page.texts("user") == said
