"""Connections to a realtime model that are kept a while, since the next sentence follows soon."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from services.upstream.waiting import Listener
from services.upstream.web_socket import WebSocket

IDLE_SECONDS = 15.0
"""Kept for the next sentence. Servers ping after 20 s, and nobody answers on an idle line."""
LIFE_SECONDS = 50 * 60.0
"""Sessions end after 60 minutes, whatever is being said then."""
MOST_IDLE = 8
"""Kept at once, of all voices together."""


@dataclass(frozen=True)
class Manner:
    """How somebody speaks on a line; the voice cannot be changed once it was heard."""

    voice: str
    speed: float


@dataclass(frozen=True)
class Line:
    """A session that reads aloud in one manner."""

    socket: WebSocket
    manner: Manner
    opened_at: float
    """By time.monotonic()."""


class Lines:
    """Idle lines; a line in use belongs to whoever took it."""

    def __init__(self, open_socket: Callable[[Manner, Listener | None], WebSocket]) -> None:
        """Open new ones with this."""
        self._open_socket = open_socket
        self._lock = threading.Lock()
        self._idle: list[tuple[float, Line]] = []

    def take(self, manner: Manner, listener: Listener | None) -> Line:
        """Give an idle line, or a new one."""
        line = self._pop(manner)
        if line is not None:
            if not line.socket.is_over():
                return line
            line.socket.close()
        return Line(self._open_socket(manner, listener), manner, time.monotonic())

    def give_back(self, line: Line) -> None:
        """Keep a line on which nothing is going on."""
        now = time.monotonic()
        if now - line.opened_at > LIFE_SECONDS:
            return line.socket.close()
        with self._lock:
            self._idle.append((now, line))
        return self._sweep()

    def close(self) -> None:
        """Close all idle lines; may be called twice."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, line in idle:
            line.socket.close()

    def _pop(self, manner: Manner) -> Line | None:
        """Take out the line of this manner that was used last."""
        self._sweep()
        with self._lock:
            for place in reversed(range(len(self._idle))):
                if self._idle[place][1].manner == manner:
                    return self._idle.pop(place)[1]
        return None

    def _sweep(self) -> None:
        """Close what is idle for too long, or one too many."""
        limit = time.monotonic() - IDLE_SECONDS
        with self._lock:
            kept = [each for each in self._idle if each[0] > limit][-MOST_IDLE:]
            gone = [line for _, line in self._idle if all(line is not each for _, each in kept)]
            self._idle = kept
        for line in gone:
            line.socket.close()
