"""One WebSocket connection with a client: events as text, sound inside them as base64."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from services.engine.media.line import LineOwner
from services.engine.media.sent_sound import SentSound
from services.engine.protocol.wire import to_text

log = logging.getLogger(__name__)

ROOM_CHARACTERS = 128 * 1024
"""Two seconds of sound as base64: what may wait to be sent before more of it is made."""
ASKING_CHARACTERS = 2 * 1024 * 1024
"""What may wait before the client's next event is read; a whole sentence of sound is less, so that
a client which is only slow can still interrupt it."""
MOST_CHARACTERS = 8 * 1024 * 1024
"""What may wait at all; a client that lets more come together is not reading."""
SLOW_SECONDS = 10.0
"""A client that does not take one message within this time is not reading."""
CLOSE_SECONDS = 1.0
"""For the last events and the client's farewell."""


class Socket:
    """A connection that the client has opened; `run` carries it until it ends."""

    carries_audio_events = True

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport | None
    ) -> None:
        """Take a socket after its handshake, and the connection under it."""
        self._socket = socket
        self._transport = transport
        self._owner: LineOwner
        self._outbox: deque[str] = deque()
        self._waiting_characters = 0
        self._has_more = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._may_ask = asyncio.Event()
        self._may_ask.set()
        self._sent_all = asyncio.Event()
        self._sent_all.set()
        self._close_code = WSCloseCode.GOING_AWAY
        self._ended = False
        self._gone = False
        self.output = SentSound(
            self._has_room.wait,
            lambda response_id: self._owner.playback_started(response_id),
            lambda response_id: self._owner.playback_stopped(response_id),
        )

    def attach(self, owner: LineOwner) -> None:
        """Tell this owner from now on."""
        self._owner = owner

    async def run(self) -> None:
        """Carry events until either side ends the connection."""
        writing = asyncio.create_task(self._write(), name="write")
        try:
            self._owner.opened()
            async for message in self._socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._owner.receive(message.data)
                    await self._owner.hear_appended()
                await self._may_ask.wait()
        except Exception:
            log.exception("a socket failed")
            await self._socket.close(code=WSCloseCode.INTERNAL_ERROR)
        finally:
            writing.cancel()
            self._leave("the socket was closed")

    def send(self, event: dict[str, Any]) -> None:
        """Send an event; one that nobody is there for any more is dropped."""
        if self._ended:
            return
        text = to_text(event)
        self._outbox.append(text)
        self._waiting_characters += len(text)
        self._sent_all.clear()
        self._has_more.set()
        if self._waiting_characters > ROOM_CHARACTERS:
            self._has_room.clear()
        if self._waiting_characters > ASKING_CHARACTERS:
            self._may_ask.clear()
        if self._waiting_characters > MOST_CHARACTERS:
            self._leave_slow_reader()

    async def close(self) -> None:
        """Send what waits and end the connection; may be called twice."""
        self._gone = True
        self.output.silence()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._sent_all.wait()
                await self._socket.close(code=self._close_code)
        except TimeoutError:
            if self._transport:
                self._transport.abort()  # closing it would wait for a client that does not read

    async def _write(self) -> None:
        try:
            while True:
                await self._has_more.wait()
                await self._write_outbox()
                self._has_more.clear()
                self._sent_all.set()
        except TimeoutError:
            self._leave_slow_reader()
        except ConnectionError:
            pass  # reading ends too, and tells of it
        finally:
            self._end_writing()

    async def _write_outbox(self) -> None:
        while self._outbox:
            text = self._outbox.popleft()
            async with asyncio.timeout(SLOW_SECONDS):
                await self._socket.send_str(text)
            self._waiting_characters -= len(text)
            if self._waiting_characters <= ROOM_CHARACTERS:
                self._has_room.set()
            if self._waiting_characters <= ASKING_CHARACTERS:
                self._may_ask.set()

    def _end_writing(self) -> None:
        self._ended = True
        self._outbox.clear()
        for event in (self._sent_all, self._has_room, self._may_ask):
            event.set()

    def _leave_slow_reader(self) -> None:
        self._close_code = WSCloseCode.TRY_AGAIN_LATER
        self._end_writing()
        self._leave("the client reads too slowly")

    def _leave(self, reason: str) -> None:
        if not self._gone:
            self._gone = True
            self._owner.gone(reason)
