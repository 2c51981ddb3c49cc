"""Hands each request on to the next of some servers, as a router without sticky sessions does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count

from tests.stand_ins.loop_thread import LoopThread

READ_BYTES = 1 << 16
HEAD_BYTES = 1 << 16
PERSISTENCE = re.compile(rb"\r\n(?:Connection|Keep-Alive):[^\r]*", re.IGNORECASE)
UPGRADE = re.compile(rb"\r\nUpgrade:", re.IGNORECASE)
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class RoundRobin:
    """Listens on a free port from `with` on; no connection carries a second request."""

    def __init__(self, ports: Sequence[int]) -> None:
        """Hand on to these ports of this machine, in turn; dead ones are passed over."""
        self._ports = ports
        self._turn = count()
        self._thread = LoopThread("round-robin")
        self._open: set[asyncio.StreamWriter] = set()
        self.handed: list[tuple[str, str, int]] = []
        """Method, path and port of every request that a server took."""

    @property
    def url(self) -> str:
        """For visitors."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> RoundRobin:
        self._thread.start()
        self._thread.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._stop())
        self._thread.stop()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD_BYTES)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        await self._thread.end_server(self._server, self._abort)

    def _abort(self) -> None:
        # Closing in order would wait for visitors who read no more.
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._closing(writer):
            with suppress(OSError, EOFError):  # one of both has left
                head = await reader.readuntil(b"\r\n\r\n")
                await self._hand_on(head, reader, writer)

    @asynccontextmanager
    async def _closing(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        self._open.add(writer)
        try:
            yield
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            self._open.discard(writer)

    async def _hand_on(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        found = await self._next_server()
        if found is None:
            writer.write(BAD_GATEWAY)
            return
        port, there, back = found
        method, path = head.decode("latin-1").split(" ", 2)[:2]
        self.handed.append((method, path, port))
        async with self._closing(back):
            back.write(_forwarded(head))
            ask = asyncio.ensure_future(_pass_on(reader, back))
            answer = asyncio.ensure_future(_pass_on(there, writer))
            try:
                # The visitor's side stays open until it is answered; if it goes before, so do we.
                await asyncio.wait((ask, answer), return_when=asyncio.FIRST_COMPLETED)
                if answer.done() and not answer.result():
                    writer.write(BAD_GATEWAY)
            finally:
                for each in (ask, answer):
                    each.cancel()
                await asyncio.gather(ask, answer, return_exceptions=True)

    async def _next_server(
        self,
    ) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter] | None:
        # Counted once for each request: others that come meanwhile must not lead it in a circle.
        first = next(self._turn)
        for number in range(first, first + len(self._ports)):
            port = self._ports[number % len(self._ports)]
            try:
                return port, *await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
        return None


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> int:
    """Copy until the source ends; gives the number of bytes."""
    size = 0
    try:
        while piece := await source.read(READ_BYTES):
            target.write(piece)
            await target.drain()
            size += len(piece)
    except OSError:
        pass  # as good as an end
    return size


def _forwarded(head: bytes) -> bytes:
    """Say for whom we ask; and ask for one answer, unless the connection becomes a socket."""
    if not UPGRADE.search(head):
        head = PERSISTENCE.sub(b"", head)
        head = head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    return head.replace(
        b"\r\n\r\n", b"\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n\r\n"
    )
