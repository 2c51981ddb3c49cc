"""A realtime model that reads aloud: what it may get wrong, and the lines to it."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from services.errors import (
    ModelUnknown,
    ProviderBusy,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
    QuotaUsed,
)
from services.speech import realtime_lines
from services.speech.base import Utterance
from services.speech.catalog import READER
from services.speech.realtime import RealtimeSpeech
from tests.contracts.conftest import PATIENCE_SECONDS
from tests.contracts.speakers import house_at
from tests.providers.stand_in_audio import PIECE
from tests.providers.stand_in_reader import EXPIRED, Plan, StandInReader

QUESTION = "What time is it in Paris, and how warm is it there at this moment?"


@pytest.fixture
def upstream():
    with StandInReader() as running:
        yield running


@pytest.fixture
def speech(upstream):
    with closing(RealtimeSpeech(house_at(upstream.url), READER, seconds=PATIENCE_SECONDS)) as made:
        yield made


def say(speech, text=QUESTION, **how):
    with speech.speak(Utterance(text, **how)) as pieces:
        return b"".join(pieces)


def test_a_model_that_answers_instead_is_asked_once_more_and_nobody_hears_it(speech, upstream):
    upstream.plan = Plan(said="It is half past three in the afternoon, my friend.")

    assert say(speech) == 3 * PIECE
    assert [wish["input"] for wish in upstream.audio.spoken] == [QUESTION, QUESTION]


def test_a_model_that_always_answers_is_nonsense(speech, upstream):
    upstream.plan = Plan(said="I cannot help with that request.", times=2)

    with pytest.raises(ProviderProtocolError):
        say(speech)


def test_a_model_that_strays_later_is_told_after_what_was_right(speech, upstream):
    upstream.plan = Plan(said="What time is it now? That is a wonderful question that I love.")

    with speech.speak(Utterance(QUESTION)) as pieces:
        assert next(pieces) == PIECE
        with pytest.raises(ProviderProtocolError):
            b"".join(pieces)


def test_a_model_that_leaves_something_out_is_told(speech, upstream):
    upstream.plan = Plan(said="What time is it?")

    with pytest.raises(ProviderProtocolError):
        say(speech)


def test_what_is_said_behind_the_text_ends_the_reading(speech, upstream):
    upstream.audio.pause_seconds = 20
    upstream.plan = Plan(said="Here you are. Is there anything else that I can do for you?")

    assert say(speech, "Here you are.") == PIECE
    assert upstream.audio.left.get(timeout=5)


def test_a_server_that_tells_no_words_is_believed(speech, upstream):
    upstream.plan = Plan(tells_words=False)

    assert say(speech) == 3 * PIECE


@pytest.mark.parametrize(
    ("kind", "code", "error"),
    [
        ("invalid_request_error", "invalid_api_key", ProviderRefused),
        ("invalid_request_error", "model_not_found", ModelUnknown),
        ("invalid_request_error", "invalid_value", ProviderRejected),
        ("rate_limit_error", "rate_limit_exceeded", ProviderBusy),
        ("insufficient_quota", "insufficient_quota", QuotaUsed),
        ("server_error", "", ProviderUnavailable),
    ],
)
def test_refusals_on_the_line_have_their_errors(speech, upstream, kind, code, error):
    refusal = {"type": kind, "code": code, "message": "What the model's house says."}

    for plan in (Plan(error_at_open=refusal), Plan(failure=refusal)):
        upstream.plan = plan
        with pytest.raises(error):
            say(speech)
        upstream.plan = plan
        if plan.error_at_open:
            with pytest.raises(error):
                speech.check()


def test_sentences_share_a_line_unless_their_manner_differs(speech, upstream):
    for how in ({}, {"voice": "cedar"}, {}, {"voice": "cedar"}, {"speed": 1.25}):
        say(speech, **how)

    first, other, *again, quick = upstream.audio.connections
    assert again == [first, other]
    assert quick not in (first, other)
    assert upstream.complaints == []


def test_a_line_that_ended_meanwhile_is_replaced(speech, upstream):
    say(speech)
    upstream.plan = Plan(error_at_open=EXPIRED)
    upstream.hang_up()

    upstream.plan = Plan()
    assert say(speech) == 3 * PIECE
    assert len(set(upstream.audio.connections)) == 2


def test_a_line_is_not_kept_for_ever(speech, upstream, monkeypatch):
    monkeypatch.setattr(realtime_lines, "IDLE_SECONDS", 0.0)
    say(speech)
    say(speech)

    assert len(set(upstream.audio.connections)) == 2


def test_a_line_is_given_up_before_its_session_ends(speech, upstream, monkeypatch):
    monkeypatch.setattr(realtime_lines, "LIFE_SECONDS", 0.0)
    say(speech)

    assert upstream.audio.left.get(timeout=5) <= time.monotonic()


def test_a_field_that_a_server_does_not_know_is_left_out_from_then_on(speech, upstream):
    upstream.unknown = ("session.audio.output.speed",)

    assert say(speech) == say(speech, "And again.") == 3 * PIECE
    assert len(upstream.complaints) == 1


def test_what_is_too_fast_is_said_as_fast_as_it_can_be(speech, upstream):
    say(speech, speed=4.0)

    assert upstream.audio.spoken[0]["speed"] == 1.5


@pytest.mark.parametrize("audio_format", ["mp3", "opus"])
def test_formats_that_it_does_not_have_are_refused(speech, audio_format):
    with pytest.raises(ProviderRejected):
        say(speech, audio_format=audio_format)
