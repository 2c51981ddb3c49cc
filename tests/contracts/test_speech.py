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
    ProviderForbidden,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
)
from services.speech.base import FORMATS, Utterance
from services.upstream.connections import MOST
from tests.contracts.conftest import LEFT_SECONDS, PATIENCE_SECONDS, dripping, dripping_head, silent
from tests.contracts.speakers import CLOUDS, SPEAKERS, Speaker
from tests.providers.stand_in_audio import PIECE

HELLO = Utterance("Hello there.")


@pytest.fixture(params=SPEAKERS)
def speaker(request, tmp_path):
    """Each implementation, in front of an upstream of its kind."""
    with SPEAKERS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def speech(speaker: Speaker):
    return speaker.speech


@pytest.fixture
def upstream(speaker: Speaker):
    return speaker.upstream


def say(speech, utterance=HELLO, listener=None):
    with speech.speak(utterance, listener) as pieces:
        return b"".join(pieces)


def test_the_whole_sound_arrives(speech, upstream):
    upstream.audio.pieces = [b"\x01", b"\x02\x03", PIECE]

    assert say(speech) == b"\x01\x02\x03" + PIECE


@pytest.mark.parametrize("audio_format", FORMATS)
def test_the_upstream_is_asked_for_what_is_wanted(speech, upstream, speaker, audio_format):
    voice = list(speaker.voices)[1]
    wanted = Utterance("Hi.", voice=voice, speed=1.15, audio_format=audio_format)
    if audio_format not in speaker.formats:
        with pytest.raises(ProviderRejected):
            say(speech, wanted)
        return

    sound = say(speech, wanted)

    (wish,) = upstream.audio.spoken
    assert (wish["input"], wish["voice"], wish["speed"]) == ("Hi.", voice, 1.15)
    assert wish["response_format"] == speaker.formats[audio_format]
    assert sound.endswith(3 * PIECE)
    if speaker.formats[audio_format] != "wav" and audio_format == "wav":
        assert sound.startswith(b"RIFF")


def test_without_a_voice_the_usual_one_speaks(speech, upstream, speaker):
    say(speech)

    (wish,) = upstream.audio.spoken
    assert wish.get("voice") in (None, next(iter(speaker.voices)))


def test_a_piece_is_given_before_the_next_is_made(speech, upstream):
    upstream.audio.pause_seconds = 20

    with speech.speak(HELLO) as pieces:
        assert next(pieces) == PIECE


def test_leaving_early_ends_the_work(speech, upstream):
    upstream.audio.pause_seconds = 20

    with speech.speak(HELLO) as pieces:
        next(pieces)
        left_at = time.monotonic()

    assert upstream.audio.left.get(timeout=LEFT_SECONDS) > left_at


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
    assert raised_at - left_at[0] < LEFT_SECONDS
    assert upstream.audio.left.get(timeout=LEFT_SECONDS) > left_at[0]


def test_a_listener_that_sends_something_has_not_left(speech, caller):
    caller.page.send(b"POST / HTTP/1.1")

    assert say(speech, listener=caller.listener) == 3 * PIECE


def test_voices_are_named_with_the_default_first(speech, speaker):
    voices = speech.voices()

    assert list(voices.items()) == list(speaker.voices.items())


@pytest.mark.parametrize(
    ("status", "errors"),
    [
        (400, (ProviderRejected,)),
        (401, (ProviderRefused,)),
        (403, (ProviderRefused, ProviderForbidden)),
        (429, (ProviderBusy,)),
        (500, (ProviderUnavailable,)),
        (503, (ProviderBusy,)),
        (302, (ProviderProtocolError,)),
    ],
)
def test_every_refusal_has_its_error(speech, upstream, status, errors):
    speech.voices()
    upstream.fail(status, "What the upstream says.", "code")

    with pytest.raises(errors) as caught:
        say(speech)
    assert type(caught.value) in errors


@pytest.mark.parametrize("speaker", CLOUDS, indirect=True)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_the_key_is_in_no_sentence_and_no_log(speech, upstream, speaker, status, caplog):
    caplog.set_level("DEBUG")
    speech.voices()
    upstream.fail(status, f"Incorrect API key provided: {speaker.key}.", "code")

    with pytest.raises(ProviderError) as caught:
        say(speech)

    assert speaker.key not in str(caught.value)
    assert speaker.key not in caplog.text


@pytest.mark.parametrize("kind", ["text/html", "application/json", ""])
def test_what_is_no_sound_is_not_played(speech, upstream, kind):
    speech.voices()
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
    speech.voices()
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


def test_the_check_tells_who_cannot_speak(speech, upstream):
    upstream.fail(401, "no", "invalid_api_key")
    with pytest.raises(ProviderRefused):
        speech.check()

    upstream.instead = None
    speech.check()


@pytest.mark.parametrize("speaker", CLOUDS, indirect=True)
def test_a_good_check_costs_nothing_for_a_while(speech, upstream):
    speech.check()
    upstream.fail(500, "nobody should be asked")

    speech.check()


@pytest.mark.parametrize("speaker", ["engine", "cached", "parted"], indirect=True)
def test_an_engine_that_starts_is_told_from_one_that_is_busy(speech, upstream):
    upstream.fail(503, "loading", "engine_loading")

    with pytest.raises(EngineStarting):
        say(speech)
    with pytest.raises(EngineStarting):
        speech.check()


def test_nothing_was_asked_that_the_upstream_does_not_know(speech, upstream):
    speech.check()
    for voice in list(speech.voices())[:3]:
        say(speech, Utterance("One, two.", voice=voice, speed=4.0, language="de"))
        say(speech, Utterance("One, two.", voice=voice, speed=0.25, language="eu"))

    slowest, fastest = speech.speeds
    assert {wish["speed"] for wish in upstream.audio.spoken} == {slowest, fastest}

    assert getattr(upstream, "complaints", []) == []
