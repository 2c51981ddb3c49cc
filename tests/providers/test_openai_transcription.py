"""What only houses with OpenAI's API do when they write down."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.config import Config
from services.errors import (
    ModelUnknown,
    ProviderForbidden,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
)
from services.transcription.base import Recording, Transcription
from services.transcription.catalog import make_transcription
from services.upstream.engine_api import EngineApi
from services.upstream.engine_board import EngineState
from tests.providers.stand_in_audio import wav
from tests.providers.stand_in_transcription import KEY, StandInTranscription


@pytest.fixture
def upstream() -> Iterator[StandInTranscription]:
    with StandInTranscription("openai") as running:
        yield running


@pytest.fixture
def config(upstream: StandInTranscription) -> Config:
    return Config(
        transcription_provider="openai",
        transcription_base_url=f"{upstream.url}/v1",
        transcription_api_key=KEY,
        transcription_model="gpt-transcribe",
    )


@pytest.fixture
def transcription(config: Config) -> Iterator[Transcription]:
    made = make(config)
    yield made
    made.close()


def make(config: Config) -> Transcription:
    return make_transcription(config, EngineApi(lambda: EngineState("absent"), None))


def write_down(transcription, language=None):
    recording = Recording(io.BytesIO(wav(2.0)), "audio/wav", "speech.wav")
    return transcription.transcribe(recording, language=language)


def test_a_language_that_a_model_does_not_take_is_left_out(config, upstream):
    deployment = make(replace(config, transcription_model="our-gpt-transcribe"))
    upstream.model = "our-gpt-transcribe"
    refusal = {"message": "Use languages.", "code": "unknown_parameter", "param": "language"}
    seen = []

    def answer(handler):
        seen.append(handler)
        upstream.answer_always(200, b'{"text": "Hello"}')
        handler.send_response(400)
        body = json.dumps({"error": refusal}).encode()
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    upstream.instead = answer

    transcript = write_down(deployment, "de")

    deployment.close()
    assert (transcript.text, len(seen)) == ("Hello", 1)


def test_the_length_is_read_from_the_file_where_nobody_tells_it(transcription, upstream):
    upstream.answer_always(200, b'{"text": "Hello"}')

    assert write_down(transcription).seconds == 2.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ((2**32 - 1, 1, 1), 4044),  # as long as the file is, though the header says centuries
        ((2**32 - 1, 8000, 2), 0.25),
        ((3200, 16_000, 2), 0.1),
    ],
)
def test_a_header_is_believed_no_more_than_there_are_bytes(
    transcription, upstream, header, seconds
):
    upstream.answer_always(200, b'{"text": "Hello", "duration": -5}')
    size, rate, width = header
    head = b"RIFF" + struct.pack("<I", 2**32 - 1) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * width, width, 8 * width)
    content = io.BytesIO(head + b"data" + struct.pack("<I", size) + bytes(4000))

    recording = Recording(content, "audio/wav", "speech.wav")
    found = transcription.transcribe(recording, language=None).seconds

    assert found == pytest.approx(seconds, abs=0.01)


def test_who_writes_down_elsewhere_has_prices_of_their_own(config, transcription):
    original = make(replace(config, transcription_base_url="https://api.openai.com/v1"))

    assert (original.model, transcription.model) == ("gpt-transcribe", "gpt-transcribe elsewhere")
    original.close()


def test_a_model_that_is_not_there_is_told_with_the_name_to_change(transcription, upstream):
    upstream.model = "another"

    with pytest.raises(ModelUnknown, match="TRANSCRIPTION_MODEL"):
        write_down(transcription)


def test_a_service_without_a_list_of_models_is_well(transcription, upstream):
    upstream.fail(404, "no such address")

    transcription.check()


@pytest.mark.parametrize(("status", "error"), [(401, ProviderRefused), (500, ProviderUnavailable)])
def test_a_service_that_refuses_our_key_or_fails_is_not(transcription, upstream, status, error):
    upstream.fail(status, "No.")

    with pytest.raises(error):
        transcription.check()


def test_a_key_that_may_not_write_down_is_told(transcription, upstream):
    upstream.fail(403, "Your project may not.")

    with pytest.raises(ProviderForbidden):
        write_down(transcription)


def test_no_error_tells_the_key(transcription, upstream, caplog):
    upstream.fail(400, f"Key {KEY} is not for this.")

    with pytest.raises(ProviderRejected) as raised:
        write_down(transcription)

    assert KEY not in str(raised.value) + caplog.text
