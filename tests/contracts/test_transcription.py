"""What every implementation of Transcription does."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import pytest

from services.config import Config
from services.errors import (
    ListenerLeft,
    ProviderBusy,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
)
from services.transcription.base import Recording, Transcript, Transcription
from services.transcription.catalog import make_transcription
from services.upstream.engine_api import EngineApi
from services.upstream.engine_board import EngineState
from tests.contracts.conftest import LEFT_SECONDS, silent
from tests.providers.stand_in_audio import wav
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.providers.stand_in_transcription import KEY, StandInTranscription

Upstream = StandInEngine | StandInTranscription


def config_for(house: str, url: str) -> Config:
    """What the operator sets for a house at this address."""
    if house == "azure":
        return Config(
            transcription_provider="azure",
            azure_openai_endpoint=url,
            azure_openai_api_key=KEY,
            transcription_model="our-ears",
        )
    model = "gpt-transcribe" if house == "openai" else None
    return Config(
        transcription_provider="openai",
        transcription_base_url=f"{url}/v1",
        transcription_api_key=KEY,
        transcription_model=model,
    )


@pytest.fixture(params=["engine", "openai", "azure", "compatible"])
def house(request: pytest.FixtureRequest) -> str:
    """Each kind of service."""
    return str(request.param)


@pytest.fixture
def upstream(house: str) -> Iterator[Upstream]:
    made = StandInEngine() if house == "engine" else StandInTranscription(house)
    with made as running:
        yield running


@pytest.fixture
def transcription(house: str, upstream: Upstream) -> Iterator[Transcription]:
    """Each implementation, in front of an upstream of its kind."""
    state = EngineState("ready", upstream.url)
    engine = EngineApi(lambda: state, SERVER_KEY)
    config = Config() if house == "engine" else config_for(house, upstream.url)
    made = make_transcription(config, engine)
    yield made
    made.close()
    engine.close()


def recording(content=None, kind="audio/wav", name="speech.wav"):
    return Recording(io.BytesIO(wav() if content is None else content), kind, name)


def write_down(transcription, what=None, language=None, listener=None):
    return transcription.transcribe(what or recording(), language=language, listener=listener)


def test_words_language_and_length_come_back(transcription):
    assert write_down(transcription) == Transcript("What time is it?", "en", 1.5)


def test_the_upstream_gets_the_file_and_the_language(transcription, upstream):
    write_down(transcription, recording(b"webm", "audio/webm", "speech.webm"), language="de")

    (form,) = upstream.audio.uploads
    assert form["file"] == b"webm"
    assert form.get("language", form.get("languages[]")) == b"de"


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
    for house in ("engine", "openai"):
        monkeypatch.setattr(f"services.transcription.{house}.SECONDS", 0.3)
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
    assert upstream.audio.left.get(timeout=LEFT_SECONDS) > left_at[0]
