"""The assistant's voice over a WebSocket: it goes out as events, and the client plays it.

When it is heard can only be estimated, from its length: enough to know when silence begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from services.engine.protocol.commands import Playing
from services.engine.stages import Pcm


class SentSound:
    """An `Output` whose sound the session has put into events already."""

    playing: tuple[Playing, ...] = ()
    """Only the client knows; it truncates by itself what it did not play."""

    def __init__(
        self,
        wait_for_room: Callable[[], Awaitable[object]],
        on_started: Callable[[str], None],
        on_stopped: Callable[[str], None],
    ) -> None:
        """Begin with silence.

        Args:
            wait_for_room: returns when the socket has sent what it was given.
            on_started: called with the response's id when its first sound goes out.
            on_stopped: called with the response's id when its last sound has been heard, by a
                client that plays as it receives.
        """
        self._wait_for_room = wait_for_room
        self._on_started = on_started
        self._on_stopped = on_stopped
        self._sounding: set[str] = set()
        self._heard_at = 0.0  # by the loop's clock
        self._silence: asyncio.TimerHandle | None = None

    def play(self, response_id: str, pcm: Pcm) -> None:
        """Count sound that goes out."""
        self.silence()
        self._heard_at = max(self._heard_at, asyncio.get_running_loop().time()) + pcm.seconds
        if response_id not in self._sounding:
            self._sounding.add(response_id)
            self._on_started(response_id)

    def finish(self, response_id: str) -> None:
        """No more sound will come for this response; may be called twice."""
        if response_id in self._sounding:
            self._sounding.remove(response_id)
            loop = asyncio.get_running_loop()
            self._silence = loop.call_at(self._heard_at, self._on_stopped, response_id)

    def silence(self) -> None:
        """Wait for no end any more: more sound follows, or the line is closed."""
        if self._silence:
            self._silence.cancel()

    async def room(self, seconds: float) -> None:
        """Wait until the socket takes more; clients want sound faster than it is played."""
        await self._wait_for_room()
