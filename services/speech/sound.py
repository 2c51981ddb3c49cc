"""What comes from a service that speaks: its type, its length, and a head where one is missing."""

from __future__ import annotations

import struct

from services.speech.base import PCM_RATE, AudioFormat
from services.upstream.http import nonsense

LIMIT_BYTES = 64 * 1024 * 1024
"""Of one answer: 22 minutes of PCM, which 4,096 characters never take."""
_TYPES: dict[AudioFormat, tuple[str, ...]] = {
    "pcm": ("audio/pcm", "audio/l16"),
    "wav": ("audio/wav", "audio/x-wav", "audio/wave"),
    "mp3": ("audio/mpeg", "audio/mp3"),
    "opus": ("audio/ogg", "audio/opus"),
}
_UNTOLD = "application/octet-stream"
"""What servers say that do not look into what they send."""
_UNKNOWN = 0xFFFFFFFF
"""For a length that nobody knows yet, as players and converters write it into streams."""


def check_type(content_type: str, audio_format: AudioFormat) -> None:
    """See that an answer is sound; played as if it were, anything else would hurt.

    Raises:
        ProviderProtocolError: it is not.
    """
    if _kind_of(content_type) not in (*_TYPES[audio_format], _UNTOLD):
        raise nonsense(f"{content_type!r} instead of {audio_format}")


def check_sound(content_type: str) -> None:
    """See that an answer is sound of some kind, where the service is sure to keep to the format.

    Raises:
        ProviderProtocolError: it is not.
    """
    kind = _kind_of(content_type)
    if not kind.startswith("audio/") and kind != _UNTOLD:
        raise nonsense(f"{content_type!r} instead of sound")


def wav_head() -> bytes:
    """Give the head of a WAV file whose sound is still being made: the same as `pcm`.

    Source: http://soundfile.sapp.org/doc/WaveFormat/
    """
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, PCM_RATE, 2 * PCM_RATE, 2, 16)
    riff = struct.pack("<4sI4s", b"RIFF", _UNKNOWN, b"WAVE")
    return riff + form + struct.pack("<4sI", b"data", _UNKNOWN)


def _kind_of(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
