"""Speech and transcription over HTTP."""

import asyncio
import io
from dataclasses import replace

import aiohttp
import numpy as np
import pytest

from services.engine.media.files import Encoder, decode
from services.engine.stages import Pcm
from tests.engine.serving import serving

SPEECH = "/v1/audio/speech"
TRANSCRIPTIONS = "/v1/audio/transcriptions"
WORD_BYTES = 24_000 * 2 * 3 // 10
"""Of a scripted word of 300 ms."""


def wav(seconds=1.0):
    encoder = Encoder("wav", 24_000)
    samples = np.full(int(24_000 * seconds), 5000, np.int16)
    return encoder.add(Pcm(samples, 24_000)) + encoder.finish()


def upload(file=None, **fields):
    form = aiohttp.FormData(default_to_multipart=True)
    if file is not None:
        form.add_field("file", io.BytesIO(file), filename="speech.wav")
    for name, value in fields.items():
        form.add_field(name, value)
    return form


def test_speech_is_made_in_the_format_that_was_asked_for(tmp_path):
    async def speak():
        async with serving(tmp_path) as engine:
            for wanted, kind in (("pcm", "audio/pcm;rate=24000;channels=1"), ("wav", "audio/wav")):
                body = {"input": "one two three", "response_format": wanted}
                async with engine.http.post(SPEECH, json=body) as answer:
                    assert answer.status == 200
                    assert answer.headers["Content-Type"] == kind
                    sound = await answer.read()
            assert decode(sound).seconds == pytest.approx(0.9, abs=0.3)

    asyncio.run(speak())


def test_the_first_sound_is_sent_before_the_last_is_made(tmp_path):
    async def speak():
        async with serving(tmp_path, "[voice]\ndelay_ms = 300") as engine:
            body = {"input": "First sentence here. " * 3, "response_format": "pcm"}
            async with engine.http.post(SPEECH, json=body) as answer:
                pieces = [piece async for piece in answer.content.iter_any()]
            assert len(pieces) > 1

    asyncio.run(speak())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"input": ""}, 400),
        ({"input": "x" * 4097}, 400),
        ({"input": 5}, 400),
        ({"input": "x", "speed": 9}, 400),
        ({"input": "x", "response_format": "midi"}, 400),
    ],
)
def test_bad_speech_requests_are_refused(tmp_path, body, status):
    async def speak():
        async with serving(tmp_path) as engine, engine.http.post(SPEECH, json=body) as answer:
            assert answer.status == status
            assert (await answer.json())["error"]["message"]

    asyncio.run(speak())


def test_a_voice_that_fails_is_told_with_a_status(tmp_path):
    async def speak():
        async with (
            serving(tmp_path, '[voice]\nfail = "Hoarse."') as engine,
            engine.http.post(SPEECH, json={"input": "hello"}) as answer,
        ):
            assert answer.status == 503
            assert (await answer.json())["error"]["code"] == "voice_failed"

    asyncio.run(speak())


def test_a_voice_that_fails_in_the_middle_breaks_the_stream_off(tmp_path):
    async def speak():
        script = '[voice]\nfail = "Hoarse."\nfail_after_words = 2'
        body = {"input": "one two three four", "response_format": "pcm"}
        async with serving(tmp_path, script) as engine:
            heard = 0
            with pytest.raises(aiohttp.ClientPayloadError):
                async with engine.http.post(SPEECH, json=body) as answer:
                    assert answer.status == 200
                    async for piece in answer.content.iter_any():
                        heard += len(piece)
            assert heard == 2 * WORD_BYTES

    asyncio.run(speak())


def test_nothing_more_is_made_for_a_listener_who_has_left(tmp_path):
    async def speak():
        script = "[voice]\nword_delay_ms = 50"
        body = {"input": "word " * 200, "response_format": "pcm"}
        async with serving(tmp_path, script) as engine:
            stages = engine.running.stages
            assert stages
            voice = CountedVoice(stages.voice)
            engine.running.stages = replace(stages, voice=voice)
            answer = await engine.http.post(SPEECH, json=body)
            await answer.content.readany()
            answer.close()
            await asyncio.wait_for(voice.ended.wait(), 1)

            assert voice.pieces < 20

    asyncio.run(speak())


class CountedVoice:
    """A voice that counts what it makes."""

    def __init__(self, voice):
        self._voice = voice
        self.voices = voice.voices
        self.pieces = 0
        self.ended = asyncio.Event()

    async def speak(self, text, **how):
        try:
            async for pcm in self._voice.speak(text, **how):
                self.pieces += 1
                yield pcm
        finally:
            self.ended.set()


def test_a_file_is_written_down(tmp_path):
    async def write_down():
        script = '[[transcriber.utterances]]\ntext = "What time is it?"'
        async with (
            serving(tmp_path, script) as engine,
            engine.http.post(TRANSCRIPTIONS, data=upload(wav(), model="any")) as answer,
        ):
            written = await answer.json()
            assert written["text"] == "What time is it?"
            assert written["usage"] == {"type": "duration", "seconds": 1.0}

    asyncio.run(write_down())


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        (upload(), 400, "missing_required_parameter"),
        (upload(b"no sound"), 400, "invalid_audio"),
        (upload(wav(), response_format="srt"), 400, "invalid_value"),
        (upload(bytes(25 * 1024 * 1024 + 1)), 413, "request_too_large"),
    ],
    ids=["nothing", "noise", "format", "too large"],
)
def test_bad_files_are_refused(tmp_path, form, status, code):
    async def write_down():
        async with (
            serving(tmp_path) as engine,
            engine.http.post(TRANSCRIPTIONS, data=form) as answer,
        ):
            assert (answer.status, (await answer.json())["error"]["code"]) == (status, code)

    asyncio.run(write_down())


def test_a_file_outside_a_form_is_refused(tmp_path):
    async def write_down():
        async with (
            serving(tmp_path) as engine,
            engine.http.post(TRANSCRIPTIONS, data=wav()) as answer,
        ):
            assert answer.status == 415

    asyncio.run(write_down())
