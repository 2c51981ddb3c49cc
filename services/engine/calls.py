"""The calls that are open now."""

from __future__ import annotations

import asyncio
import logging

from services.engine.call import Call
from services.engine.errors import LinesBusy, NotFound
from services.engine.media.line import Line
from services.engine.media.peer import Peer
from services.engine.media.socket import Socket
from services.engine.protocol.config import SessionConfig
from services.engine.stages import Stages

log = logging.getLogger(__name__)


class Calls:
    """Opens and ends calls, and holds as many as the machine can bear."""

    def __init__(self, stages: Stages, most: int) -> None:
        """Begin with none.

        Args:
            stages: shared by all calls.
            most: calls at once.
        """
        self._stages = stages
        self._most = most
        self._open: dict[str, Call] = {}
        self._endings: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    async def answer(self, config: SessionConfig, offer: str) -> tuple[Call, str]:
        """Begin a call over WebRTC; returns it with the SDP answer.

        Raises:
            LinesBusy: as many as the engine takes are open.
            ProtocolError: the offer cannot be used.
        """
        self._check_lines()
        peer = Peer()
        call = self._begin(config, peer)
        try:
            answer = await peer.answer(offer)
        except BaseException:
            await self._end(call, "it did not begin")
            raise
        return call, answer

    async def carry(self, config: SessionConfig, socket: Socket) -> None:
        """Begin a call over a WebSocket; returns when the client has left.

        Raises:
            LinesBusy: as many as the engine takes are open.
        """
        self._check_lines()
        self._begin(config, socket)
        await socket.run()

    async def hang_up(self, call_id: str) -> None:
        """End a call.

        Raises:
            NotFound: there is none with this id.
        """
        call = self._open.get(call_id)
        if call is None:
            raise NotFound(f"There is no call '{call_id[:100]}'; it may have ended.")
        await self._end(call, "hung up")

    async def close(self) -> None:
        """End all of them."""
        await asyncio.gather(*(self._end(call, "shutdown") for call in list(self._open.values())))
        await asyncio.gather(*self._endings)

    def _check_lines(self) -> None:
        if len(self._open) >= self._most:
            raise LinesBusy(
                f"All {self._most} lines of this server are busy; try again in a minute."
            )

    def _begin(self, config: SessionConfig, line: Line) -> Call:
        call = Call(self._stages, config, line, self._gone)
        self._open[call.id] = call
        log.info("call %s: begun, %d open", call.id, len(self._open))
        return call

    def _gone(self, call: Call, reason: str) -> None:
        self._begin_end(call, reason)

    def _begin_end(self, call: Call, reason: str) -> asyncio.Task[None]:
        task = asyncio.create_task(self._close(call, reason))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)
        return task

    async def _end(self, call: Call, reason: str) -> None:
        # Whoever asks for it may leave meanwhile; nobody else would close the rest of the call.
        await asyncio.shield(self._begin_end(call, reason))

    async def _close(self, call: Call, reason: str) -> None:
        if self._open.pop(call.id, None) is None:
            return
        await call.close()
        log.info("call %s: ended, %s, %d open", call.id, reason, len(self._open))
