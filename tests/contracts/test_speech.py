"""What every implementation of Speech does."""

from __future__ import annotations

import threading
import time

import pytest

from services.errors import (
    EngineStarting,
    ListenerLeft,
    ProviderBusy,
    ProviderError,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
)
from services.speech.base import FORMATS, Utterance
from services.upstream.connections import MOST
from tests.contracts.conftest import PATIENCE_SECONDS, dripping, dripping_head, silent
from tests.providers.stand_in_audio import PIECE

HELLO = Utterance("Hello there.")


def say(speech, utterance=HELLO, listener=None):
    with speech.speak(utterance, listener) as pieces:
        return b"".join(pieces)


def test_the_whole_sound_arrives(speech, upstream):
    upstream.audio.pieces = [b"\x01", b"\x02\x03", PIECE]

    assert say(speech) == b"\x01\x02\x03" + PIECE


@pytest.mark.parametrize("audio_format", FORMATS)
def test_the_upstream_is_asked_for_what_is_wanted(speech, upstream, audio_format):
    say(speech, Utterance("Hi.", voice="amy", speed=1.25, audio_format=audio_format))

    (wish,) = upstream.audio.spoken
    assert (wish["input"], wish["voice"], wish["speed"]) == ("Hi.", "amy", 1.25)
    assert wish["response_format"] == audio_format


def test_a_piece_is_given_before_the_next_is_made(speech, upstream):
    upstream.audio.pause_seconds = 20

    with speech.speak(HELLO) as pieces:
        assert next(pieces) == PIECE


def test_leaving_early_ends_the_work(speech, upstream):
    upstream.audio.pause_seconds = 20

    with speech.speak(HELLO) as pieces:
        next(pieces)
        left_at = time.monotonic()

    assert upstream.audio.left.get(timeout=5) - left_at < 1


@pytest.mark.parametrize("where", ["head_seconds", "pause_seconds"])
def test_a_listener_that_leaves_ends_the_work_while_the_upstream_is_silent(
    speech, upstream, caller, where
):
    setattr(upstream.audio, where, 20)
    left_at = []
    timer = threading.Timer(0.1, lambda: left_at.append(caller.leave()))
    timer.start()

    with pytest.raises(ListenerLeft):
        say(speech, listener=caller.listener)

    raised_at = time.monotonic()
    timer.join()
    assert raised_at - left_at[0] < 1
    assert upstream.audio.left.get(timeout=5) - left_at[0] < 1


def test_a_listener_that_sends_something_has_not_left(speech, caller):
    caller.page.send(b"POST / HTTP/1.1")

    assert say(speech, listener=caller.listener) == 3 * PIECE


def test_voices_are_named_with_the_default_first(speech):
    assert speech.voices() == ("joe", "amy")


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "invalid_value", ProviderRejected),
        (401, "invalid_api_key", ProviderRefused),
        (403, "", ProviderRefused),
        (429, "rate_limit", ProviderBusy),
        (500, "", ProviderUnavailable),
        (503, "voice_failed", ProviderBusy),
        (503, "engine_loading", EngineStarting),
        (302, "", ProviderProtocolError),
    ],
)
def test_every_refusal_has_its_error(speech, upstream, status, code, error):
    upstream.fail(status, "What the upstream says.", code)

    with pytest.raises(error) as caught:
        say(speech)
    assert type(caught.value) is error
    assert "server-key" not in str(caught.value)


@pytest.mark.parametrize("kind", ["text/html", "application/json", "audio/mpeg", ""])
def test_what_is_no_sound_is_not_played(speech, upstream, kind):
    upstream.answer_always(200, b"<html>", kind)

    with pytest.raises(ProviderProtocolError):
        say(speech)


def test_an_upstream_that_dies_in_the_middle_is_told_after_what_it_made(speech, upstream):
    upstream.audio.ending = "cut"

    with speech.speak(HELLO) as pieces:
        assert b"".join(next(pieces) for _ in range(3)) == 3 * PIECE
        with pytest.raises(ProviderError):
            next(pieces)


@pytest.mark.parametrize("fault", [silent, dripping, dripping_head])
def test_an_upstream_without_progress_is_given_up(speech, upstream, fault):
    upstream.instead = fault
    begun = time.monotonic()

    with pytest.raises(ProviderUnavailable):
        say(speech)
    assert time.monotonic() - begun < 2 * PATIENCE_SECONDS


def test_an_upstream_that_falls_silent_is_given_up(speech, upstream):
    upstream.audio.ending = "silent"

    with pytest.raises(ProviderUnavailable):
        say(speech)


def test_a_slow_listener_is_no_fault_of_the_upstream(speech, upstream):
    with speech.speak(HELLO) as pieces:
        next(pieces)
        time.sleep(1.5 * PATIENCE_SECONDS)  # the listener plays what it has

        assert b"".join(pieces) == 2 * PIECE


def test_one_connection_serves_one_after_another(speech, upstream):
    for number in range(3):
        say(speech, Utterance(f"Number {number}."))

    assert len(set(upstream.audio.connections)) == 1


def test_connections_come_back_after_faults(speech, upstream):
    upstream.audio.ending = "cut"
    for number in range(MOST + 1):
        with pytest.raises(ProviderError):
            say(speech, Utterance(f"Fault {number}."))
    upstream.audio.ending = "whole"

    assert say(speech) == 3 * PIECE


def test_the_check_tells_loading_from_ready(speech, upstream):
    speech.check()
    upstream.answer_always(503, b'{"status":"loading"}')

    with pytest.raises(EngineStarting):
        speech.check()
