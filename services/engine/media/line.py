"""The port between a call and what carries it: a connection that brings events and sound both ways.

`peer` (WebRTC) and `socket` (WebSocket) implement `Line`; a call is their `LineOwner`.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from services.engine.protocol.commands import Playing
from services.engine.stages import Pcm


class Output(Protocol):
    """Where the sound of replies goes."""

    @property
    def playing(self) -> tuple[Playing, ...]:
        """What is heard, and what waits behind it; empty where only the client knows."""
        ...

    def play(self, response_id: str, pcm: Pcm) -> None:
        """Put sound behind what is there; its rate must be 24 kHz."""
        ...

    def finish(self, response_id: str) -> None:
        """No more sound will come for this response; may be called twice."""
        ...

    def silence(self) -> None:
        """Throw away what has not gone out."""
        ...

    async def room(self, seconds: float) -> None:
        """Wait until no more sound waits than should, `seconds` of it at most."""
        ...


class LineOwner(Protocol):
    """Whom a line tells what happens on it."""

    def opened(self) -> None:
        """Events can be sent."""
        ...

    def receive(self, message: str | bytes) -> None:
        """The client sent an event."""
        ...

    def hear(self, samples: NDArray[np.int16]) -> None:
        """The microphone gave sound, shape (n,), 16 kHz."""
        ...

    async def hear_appended(self) -> None:
        """Hear what has come in events; a later event must not overtake it."""
        ...

    def playback_started(self, response_id: str) -> None:
        """The first sound of a response goes out."""
        ...

    def playback_stopped(self, response_id: str) -> None:
        """The last sound of a response has been heard."""
        ...

    def gone(self, reason: str) -> None:
        """The client is gone, and why; called once at most."""
        ...


class Line(Protocol):
    """A connection with one client."""

    @property
    def carries_audio_events(self) -> bool:
        """Whether sound travels as events, not as RTP."""
        ...

    @property
    def output(self) -> Output:
        """Where the sound of replies goes."""
        ...

    def attach(self, owner: LineOwner) -> None:
        """Tell this owner from now on; called once, before anything else."""
        ...

    def send(self, event: dict[str, Any]) -> None:
        """Send an event; one that nobody is there for any more is dropped."""
        ...

    async def close(self) -> None:
        """End the connection; may be called twice."""
        ...
