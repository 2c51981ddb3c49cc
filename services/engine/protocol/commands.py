"""What a session asks of its owner: to send an event, or to do something with sound or models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.engine.protocol.response import Response


@dataclass(frozen=True)
class Playing:
    """The reply that the listener is hearing."""

    response_id: str
    heard_ms: int
    """Milliseconds of it that have been played."""


@dataclass(frozen=True)
class Send:
    """Send this event to the client."""

    event: dict[str, Any]


@dataclass(frozen=True)
class Transcribe:
    """Find out what was said in the sound of a turn: take it from the input buffer."""

    item_id: str


@dataclass(frozen=True)
class StartReply:
    """Make a response; ask `Session` for its prompt when all turns are transcribed."""

    response: Response


@dataclass(frozen=True)
class StopReply:
    """Stop making a response."""

    response_id: str


@dataclass(frozen=True)
class SilencePlayback:
    """Throw away the sound that has not been played."""


@dataclass(frozen=True)
class AppendInput:
    """Sound that came as an event."""

    audio: bytes
    """s16le, mono, 24 kHz."""


@dataclass(frozen=True)
class ClearInput:
    """Forget the sound in the input buffer."""


@dataclass(frozen=True)
class Reconfigure:
    """The session's configuration has changed: read turn detection from it again."""


Command = (
    Transcribe | StartReply | StopReply | SilencePlayback | AppendInput | ClearInput | Reconfigure
)
