"""What a person sees when a cloud house fails in a call, and what must not be lost then."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from services.engine.protocol.ids import new_id
from tests.browser.cloud_page import NOTICE_MS, notice, talks_on, trouble
from tests.browser.talk_page import TalkPage
from tests.browser.test_barge_in import stored_turns
from tests.stand_ins.events import Event

ROADS = ["webrtc", "websocket"]
LONG = "Once upon a time there was a small boat"


@pytest.fixture
def page(openai_page: TalkPage) -> TalkPage:
    """The window of all tests here."""
    return openai_page


@pytest.mark.parametrize("road", ROADS)
def test_a_session_that_expires_is_followed_by_another_unseen(page, openai, road):
    page.prefer(transport=road).open().connect()
    page.type("My name is Ada")
    page.replied(1)

    openai.tell(error("session_expired", "Your session hit the maximum duration of 60 minutes."))
    openai.events.wait("session.created", 2, server=True)
    page.state_is("listening")

    page.type("what do you know")
    answer = page.replied(2)
    assert answer.count("user: My name is Ada") == 1
    expect(trouble(page)).to_have_count(0)
    expect(page.page.locator('[data-testid=event][data-type="line.lost"]')).to_have_count(1)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"type": "insufficient_quota", "code": "insufficient_quota"}, "quota-used"),
        ({"type": "tokens", "code": "rate_limit_exceeded"}, "rate-limited"),
        ({"type": "incomplete", "code": "content_filter"}, "content-filter"),
    ],
)
def test_a_reply_that_fails_says_why_and_the_call_goes_on(page, openai, details, code):
    page.open().connect()
    openai.events.refusals.append(details | {"message": "Not this time."})

    page.type("What is the weather like")

    expect(notice(page, code)).to_be_visible(timeout=NOTICE_MS)
    talks_on(page, 1)


def error(code: str, message: str = "") -> Event:
    """An `error` event."""
    details = {"type": "invalid_request_error", "code": code, "message": message or code}
    return {"type": "error", "event_id": new_id("event"), "error": details}


def test_harmless_errors_are_no_news(page, openai):
    page.open().connect()

    for code in (
        "response_cancel_not_active",
        "input_audio_buffer_commit_empty",
        "conversation_already_has_active_response",
    ):
        openai.tell(error(code))
    rows = page.page.locator('[data-testid=event][data-type="error"]')
    expect(rows).to_have_count(3)  # after a request for a reply they would mean something
    talks_on(page, 1)

    expect(trouble(page)).to_have_count(0)


def disorder(padding: int) -> Callable[[Event], Iterator[Event | str]]:
    """Gives events twice, late, unknown, huge and broken."""
    late: list[Event] = []

    def rewrite(event: Event) -> Iterator[Event | str]:
        yield {"type": "conversation.mood.changed", "event_id": new_id("event"), "mood": "blue"}
        yield '{"type": "response.output_audio_transcript.delta", "del'
        if event["type"] in ("response.output_item.added", "conversation.item.done"):
            late.append(event)
            return
        yield event
        yield event
        if event["type"] == "response.created":
            yield {"type": "rate_limits.updated", "padding": "x" * padding}
        yield from late
        late.clear()

    return rewrite


@pytest.mark.parametrize("road", ROADS)
def test_disorder_among_the_events_makes_none_on_the_page(page, openai, road):
    # A data channel carries no more in one message.
    openai.events.rewrite = disorder(200_000 if road == "webrtc" else 300_000)
    page.prefer(transport=road).open().connect()

    page.type("My name is Ada")
    page.replied(1)
    page.type("Say something short")
    page.replied(2)

    assert page.texts() == [
        "My name is Ada",
        "You said: My name is Ada",
        "Say something short",
        "All right.",
    ]
    expect(trouble(page)).to_have_count(0)


def test_old_names_of_events_are_understood(page, openai):
    older = {
        "response.output_audio_transcript.delta": "response.audio_transcript.delta",
        "response.output_audio_transcript.done": "response.audio_transcript.done",
        "conversation.item.added": "conversation.item.created",
    }
    dropped = {"conversation.item.done", "response.content_part.done", "response.output_item.done"}

    def rewrite(event: Event) -> list[Event]:
        kind = event["type"]
        return [] if kind in dropped else [event | {"type": older.get(kind, kind)}]

    openai.events.rewrite = rewrite
    page.open().connect()

    talks_on(page, 1)

    assert page.texts() == ["Say something short", "All right."]


@pytest.mark.parametrize("road", ROADS)
def test_a_provider_that_hangs_up_in_mid_word_is_named(page, openai, road):
    page.prefer(transport=road).open().connect()
    page.type("Tell me a long story")
    page.loud("remote")
    page.loud("remote", after=page.now() + 0.5)

    openai.hang_up()

    expect(notice(page, "provider-ended")).to_be_visible(timeout=NOTICE_MS)
    page.state_is("ended", "error")
    page.part("connect").click()
    page.state_is("listening")
    page.type("what do you know")
    known = page.replied(2)
    assert known.count("user: Tell me a long story") == 1
    page.disconnect()
    turns = stored_turns(page)
    assert [cut for _, _, cut in turns] == [False, True, False, False]
    assert LONG.startswith(turns[1][1].rstrip(" …")[:20])
    assert len(turns[1][1]) > 5


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("What is six times seven", "The tool says 42"),
        ("Please divide by nothing", "That did not work"),
        ("Take a minute, sky", "That did not work"),
        ("Now shout, sky", "That was a lot"),
    ],
    ids=["works", "fails", "takes a minute", "gives a megabyte"],
)
def test_a_tool_is_spoken_about_whatever_it_does(page, openai, words, answer):
    page.open().connect()

    page.type(words)
    spoken = page.turns("assistant", final=True).filter(has_text=answer)
    expect(spoken).to_have_count(1, timeout=30_000)
    page.state_is("listening")

    items = [event["item"] for event in openai.events.wait("conversation.item.create")]
    outputs = [item for item in items if item["type"] == "function_call_output"]
    assert len(outputs) == 1
    assert len(outputs[0]["output"]) < 20_000
    talks_on(page, page.turns("assistant", final=True).count() + 1)
