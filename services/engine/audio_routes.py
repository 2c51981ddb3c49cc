"""The HTTP routes for sound alone: text to speech and transcription of files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from aiohttp import web

from services.engine.errors import BodyTooLarge, ProtocolError, UnsupportedBody
from services.engine.http import check_server_key, json_body, stages_of
from services.engine.media.files import CONTENT_TYPES, Encoder, Format, decode
from services.engine.protocol.checks import bad, number, one_of, record, text
from services.engine.stages import Pcm

TEXT_LIMIT = 4096
FILE_LIMIT_BYTES = 25 * 1024 * 1024
VOICE_RATE = 24_000

_SPEECH = record(
    {
        "model": text,
        "input": text,
        "voice": text,
        "instructions": text,
        "response_format": one_of(*CONTENT_TYPES),
        "speed": number(0.25, 4.0),
        "stream_format": one_of("audio"),
    },
    required=("input",),
)

routes = web.RouteTableDef()


@routes.post("/v1/audio/speech")
async def speech(request: web.Request) -> web.StreamResponse:
    """Say a text; the sound is sent while it is made."""
    check_server_key(request)
    voice = stages_of(request).voice
    wanted = _SPEECH(await json_body(request), "speech")
    words = wanted["input"].strip()
    if not 1 <= len(words) <= TEXT_LIMIT:
        raise bad("input", f"1 to {TEXT_LIMIT} characters long")
    file_format = cast(Format, wanted.get("response_format", "mp3"))
    speed = float(wanted.get("speed", 1.0))
    async with aclosing(voice.speak(words, voice=wanted.get("voice"), speed=speed)) as sounds:
        return await _stream(request, sounds, file_format)


async def _stream(
    request: web.Request, sounds: AsyncGenerator[Pcm], file_format: Format
) -> web.StreamResponse:
    # The first sound is made before the answer begins, so that a failure still has a status.
    first = await anext(sounds, None)
    response = web.StreamResponse(headers={"Content-Type": CONTENT_TYPES[file_format]})
    response.enable_chunked_encoding()
    await response.prepare(request)
    encoder = Encoder(file_format, VOICE_RATE)
    pcm = first
    try:
        while pcm is not None:
            # In a thread: ten seconds of speech take a lossy codec some 50 ms.
            await response.write(await asyncio.to_thread(encoder.add, pcm))
            pcm = await anext(sounds, None)
        await response.write(encoder.finish())
        await response.write_eof()
    except Exception:
        # It is too late for a status: a broken connection says that this was not all.
        if request.transport:
            request.transport.close()
        raise
    return response


@routes.post("/v1/audio/transcriptions")
async def transcribe(request: web.Request) -> web.Response:
    """Write down what is said in a file."""
    check_server_key(request)
    transcriber = stages_of(request).transcriber
    if request.content_type != "multipart/form-data":
        raise UnsupportedBody("Send the file as multipart/form-data, in the field 'file'.")
    upload, fields = await _form(request)
    answer_format = one_of("json", "text", "verbose_json")(
        fields.get("response_format", "json"), "response_format"
    )
    sound = await asyncio.to_thread(decode, upload)
    transcript = await transcriber.transcribe(sound, language=fields.get("language"))
    if answer_format == "text":
        return web.Response(text=transcript.text + "\n")
    answer: dict[str, Any] = {
        "text": transcript.text,
        "usage": {"type": "duration", "seconds": round(transcript.seconds, 2)},
    }
    if answer_format == "verbose_json":
        answer |= {"duration": transcript.seconds, "language": fields.get("language") or "en"}
    return web.json_response(answer)


async def _form(request: web.Request) -> tuple[bytes, dict[str, str]]:
    upload: bytes | None = None
    fields: dict[str, str] = {}
    try:
        async for part in await request.multipart():
            name = getattr(part, "name", None) or ""
            data = bytes(await cast(Any, part).read(decode=True))
            if len(data) > FILE_LIMIT_BYTES:
                raise BodyTooLarge("A file has at most 25 MB; send it in parts.")
            if name == "file":
                upload = data
            else:
                fields[name] = data.decode("utf-8", "replace")
    except ValueError as error:
        raise ProtocolError("The form cannot be read.", code="invalid_form") from error
    if not upload:
        raise ProtocolError(
            "Missing required parameter: 'file'.", code="missing_required_parameter", param="file"
        )
    return upload, fields
