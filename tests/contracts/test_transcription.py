"""What every implementation of Transcription does."""

from __future__ import annotations

import io
import threading

import pytest

from services.errors import (
    ListenerLeft,
    ProviderBusy,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
)
from services.transcription.base import Recording, Transcript
from tests.contracts.conftest import silent
from tests.providers.stand_in_audio import wav


def recording(content=None, kind="audio/wav", name="speech.wav"):
    return Recording(io.BytesIO(wav() if content is None else content), kind, name)


def write_down(transcription, what=None, language=None, listener=None):
    return transcription.transcribe(what or recording(), language=language, listener=listener)


def test_words_language_and_length_come_back(transcription):
    assert write_down(transcription) == Transcript("What time is it?", "en", 1.5)


def test_the_upstream_gets_the_file_and_the_language(transcription, upstream):
    write_down(transcription, recording(b"webm", "audio/webm", "speech.webm"), language="de")

    (form,) = upstream.audio.uploads
    assert (form["file"], form["language"]) == (b"webm", b"de")


def test_a_file_that_was_read_already_is_sent_from_its_begin(transcription, upstream):
    read = recording()
    read.content.read()

    write_down(transcription, read)

    assert upstream.audio.uploads[0]["file"] == wav()


def test_silence_has_no_words(transcription, upstream):
    upstream.audio.text = " \n"

    assert write_down(transcription).text == ""


def test_a_language_that_is_spelled_out_is_none_of_ours(transcription, upstream):
    upstream.answer_always(200, b'{"text": "x", "language": "english", "duration": 2}')

    assert write_down(transcription) == Transcript("x", None, 2.0)


def test_what_cannot_be_heard_is_told_in_the_upstreams_words(transcription):
    with pytest.raises(ProviderRejected, match="holds no sound"):
        write_down(transcription, recording(b"no sound"))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, ProviderRefused),
        (413, ProviderRejected),
        (429, ProviderBusy),
        (500, ProviderUnavailable),
        (302, ProviderProtocolError),
    ],
)
def test_every_refusal_has_its_error(transcription, upstream, status, error):
    upstream.fail(status, "What the upstream says.")

    with pytest.raises(error):
        write_down(transcription)


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"{}", b'{"text": 5}', b'{"text": "x", "duration": "long"}']
)
def test_nonsense_is_called_so(transcription, upstream, body):
    upstream.answer_always(200, body, "text/html")

    with pytest.raises(ProviderProtocolError):
        write_down(transcription)


def test_an_upstream_that_never_answers_is_given_up(transcription, upstream, monkeypatch):
    monkeypatch.setattr("services.transcription.engine.SECONDS", 0.3)
    upstream.instead = silent

    with pytest.raises(ProviderUnavailable):
        write_down(transcription)


def test_a_listener_that_leaves_ends_the_work(transcription, upstream, caller):
    upstream.audio.head_seconds = 20
    left_at = []
    timer = threading.Timer(0.2, lambda: left_at.append(caller.leave()))
    timer.start()

    with pytest.raises(ListenerLeft):
        write_down(transcription, listener=caller.listener)

    timer.join()
    assert upstream.audio.left.get(timeout=5) - left_at[0] < 1
