"""Text to sound, sound to text, and the list of models of a stand-in."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
from aiohttp import web
from openai.types.audio.speech_create_params import SpeechCreateParams

from tests.stand_ins.cloud import Cloud
from tests.stand_ins.engine_child import KEY
from tests.stand_ins.form import Part, read_form
from tests.stand_ins.limits import (
    AUDIO_TYPES,
    FILE_LIMIT_BYTES,
    check_speech,
    check_transcription,
)
from tests.stand_ins.realtime_routes import json_of
from tests.stand_ins.typed import Refused, check

SPEECH_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/opus",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
CANNED_PIECES = 3
CANNED_PIECE = b"\x01\x00" * 2400
"""100 ms of PCM."""
CANNED_TEXT = "What time is it?"
TRANSCRIPTION_FIELDS = {
    "file",
    "model",
    "language",
    "languages[]",
    "keywords[]",
    "prompt",
    "response_format",
    "temperature",
    "include[]",
    "timestamp_granularities[]",
    "chunking_strategy",
    "stream",
}


def add_to(app: web.Application, cloud: Cloud) -> None:
    """Serve these routes."""
    routes = _Routes(cloud)
    app.router.add_get(f"{cloud.root}/models", routes.models)
    app.router.add_post(f"{cloud.root}/audio/speech", routes.speech)
    app.router.add_post(f"{cloud.root}/audio/transcriptions", routes.transcribe)


class _Routes:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def models(self, request: web.Request) -> web.Response:
        self._cloud.check_server(request)
        entries = [
            {"id": name, "object": "model", "created": 1, "owned_by": "house", **known}
            for name, known in self._cloud.listed().items()
        ]
        return web.json_response({"object": "list", "data": entries})

    async def speech(self, request: web.Request) -> web.StreamResponse:
        self._cloud.check_server(request)
        wish = await json_of(request)
        check(wish, SpeechCreateParams)
        check_speech(wish, self._cloud.speakers)
        answer = web.StreamResponse()
        answer.content_type = SPEECH_TYPES[wish.get("response_format", "mp3")]
        if self._cloud.engine is None:
            await answer.prepare(request)
            for _ in range(CANNED_PIECES):
                await answer.write(CANNED_PIECE)
            return answer
        names = ("input", "response_format", "speed")
        passed = {name: wish[name] for name in names if name in wish}
        async with (
            _engine(self._cloud) as engine,
            engine.post("/v1/audio/speech", json=passed) as sound,
        ):
            await answer.prepare(request)
            async for piece in sound.content.iter_any():
                await answer.write(piece)
        return answer

    async def transcribe(self, request: web.Request) -> web.StreamResponse:
        self._cloud.check_server(request)
        parts = read_form(request.headers["Content-Type"], await request.read())
        file, wish = self._read_wish(parts)
        if self._cloud.engine is None:
            text = CANNED_TEXT
        else:
            form = aiohttp.FormData()
            form.add_field("file", file.content, filename=file.filename)
            async with (
                _engine(self._cloud) as engine,
                engine.post("/v1/audio/transcriptions", data=form) as answer,
            ):
                if answer.status != 200:
                    raise Refused("The file holds no sound.", "invalid_value", "file")
                text = (await answer.json())["text"]
        if wish.get("response_format") == "text":
            return web.Response(text=f"{text}\n")
        usage = {"type": "duration", "seconds": 1}
        return web.json_response({"text": text, "usage": usage})

    def _read_wish(self, parts: list[Part]) -> tuple[Part, dict[str, Any]]:
        wish: dict[str, Any] = {}
        for part in parts:
            if part.name not in TRANSCRIPTION_FIELDS:
                raise Refused(f"Unknown parameter: '{part.name}'.", "unknown_parameter", part.name)
            if part.name.endswith("[]"):
                wish.setdefault(part.name[:-2], []).append(part.content.decode())
            elif part.name != "file":
                wish[part.name] = part.content.decode()
        files = [part for part in parts if part.name == "file"]
        if len(files) != 1:
            raise Refused("Missing required parameter: 'file'.", "missing_required_parameter")
        if not re.search(rf"\.({'|'.join(AUDIO_TYPES)})$", files[0].filename):
            raise Refused("Unrecognized file format.", "invalid_value", "file")
        if len(files[0].content) > FILE_LIMIT_BYTES:
            raise Refused("The file is too large.", "content_too_large", "file", 413)
        if wish.get("model") not in self._cloud.transcribers:
            raise Refused(f"No model '{wish.get('model')}'.", "model_not_found", "model", 404)
        check_transcription(wish, self._cloud.transcribers, "transcription")
        if wish.get("response_format", "json") not in ("json", "text"):
            raise Refused("Ask for json or text.", "unsupported_value", "response_format")
        return files[0], wish


def _engine(cloud: Cloud) -> aiohttp.ClientSession:
    assert cloud.engine
    return aiohttp.ClientSession(cloud.engine.url, headers={"Authorization": f"Bearer {KEY}"})
