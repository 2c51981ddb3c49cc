"""The audio routes of the stand-in engine: paced by a plan, strict, and aware of being left."""

from __future__ import annotations

import json
import queue
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Literal

PIECE = b"\x01\x00" * 2400
"""100 ms of PCM."""
TYPES = {
    "pcm": "audio/pcm;rate=24000;channels=1",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
}
LONGEST_SECONDS = 20.0
"""A pause that no test outlasts."""


@dataclass
class Audio:
    """What the stand-in says next, and what it was asked."""

    pieces: Sequence[bytes] = (PIECE, PIECE, PIECE)
    pause_seconds: float = 0.0
    """Before each piece but the first."""
    head_seconds: float = 0.0
    """Before the head of the answer."""
    ending: Literal["whole", "cut", "silent"] = "whole"
    text: str = "What time is it?"
    """What every recording says."""
    spoken: list[dict] = field(default_factory=list)
    """Wishes, in order."""
    uploads: list[dict[str, bytes]] = field(default_factory=list)
    """Forms, in order."""
    connections: list[tuple[str, int]] = field(default_factory=list)
    """Peer of each request."""
    left: queue.Queue[float] = field(default_factory=queue.Queue)
    """When somebody closed the connection during an answer, by time.monotonic()."""


Refuse = Callable[[int, str, str], None]


def speak(handler: BaseHTTPRequestHandler, body: bytes, audio: Audio, refuse: Refuse) -> None:
    """`POST /v1/audio/speech`."""
    wish = json.loads(body)
    if handler.headers["Content-Type"] != "application/json":
        return refuse(415, "not JSON", "unsupported_content_type")
    if set(wish) - {"model", "input", "voice", "speed", "response_format"}:
        return refuse(400, "unknown parameter", "unknown_parameter")
    if not (wish["input"].strip() and len(wish["input"]) <= 4096 and 0.25 <= wish["speed"] <= 4):
        return refuse(400, "a value is out of range", "invalid_value")
    audio.spoken.append(wish)
    audio.connections.append(handler.client_address)
    try:
        send_sound(handler, TYPES[wish["response_format"]], audio)
    except ConnectionError:
        audio.left.put(time.monotonic())
        handler.close_connection = True


def send_sound(handler: BaseHTTPRequestHandler, content_type: str, audio: Audio) -> None:
    """Answer with sound as planned.

    Raises:
        ConnectionError: the other side has closed meanwhile.
    """
    pause(handler, audio.head_seconds)
    handler.send_response(200)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for index, piece in enumerate(audio.pieces):
        if index:
            pause(handler, audio.pause_seconds)
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    if audio.ending == "silent":
        pause(handler, LONGEST_SECONDS)
    elif audio.ending == "cut":
        handler.close_connection = True
    else:
        handler.wfile.write(b"0\r\n\r\n")


def pause(handler: BaseHTTPRequestHandler, seconds: float) -> None:
    """Do nothing for so long.

    Raises:
        ConnectionAbortedError: the other side has closed meanwhile.
    """
    readable, _, _ = select.select([handler.connection], [], [], seconds)
    if readable and not handler.connection.recv(1, socket.MSG_PEEK):
        raise ConnectionAbortedError


def transcribe(
    handler: BaseHTTPRequestHandler, form: dict[str, bytes], audio: Audio, refuse: Refuse
) -> dict | None:
    """`POST /v1/audio/transcriptions`; gives what to answer, or None if that is done."""
    if set(form) - {"file", "model", "response_format", "language"} or not form.get("file"):
        refuse(400, "Missing required parameter: 'file'.", "missing_required_parameter")
        return None
    audio.uploads.append(form)
    audio.connections.append(handler.client_address)
    if form["file"].startswith(b"no sound"):
        refuse(400, "The file holds no sound that can be read.", "invalid_audio")
        return None
    try:
        pause(handler, audio.head_seconds)
    except ConnectionError:
        audio.left.put(time.monotonic())
        handler.close_connection = True
        return None
    language = form.get("language", b"en").decode()
    return {"text": audio.text, "duration": 1.5, "language": language}


def wav(seconds: float = 1.0, rate: int = 16_000) -> bytes:
    """Silence as a WAV file."""
    sound = bytes(2 * int(seconds * rate))
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(sound), b"WAVE", b"fmt ", 16, 1, 1,
                       rate, 2 * rate, 2, 16, b"data", len(sound))  # fmt: skip
    return head + sound
