"""Keeps everything that a server says to its visitors, by standing between them.

Bytes go through as they are, but for one request header: nobody may ask for compression, so that
what is kept can be searched.
"""

from __future__ import annotations

import asyncio
import re

from tests.stand_ins.loop_thread import LoopThread

READ_BYTES = 1 << 16
COMPRESSION = re.compile(rb"\r\n(Accept-Encoding|Sec-WebSocket-Extensions):", re.IGNORECASE)
CHUNK_BORDER = re.compile(rb"\r\n[0-9a-fA-F]{1,8}\r\n")


class Outlet:
    """Listens on a free port from `with` on, and hands on to another port of this machine."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._answers: list[bytearray] = []
        """One for each connection."""
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = LoopThread("outlet")

    @property
    def url(self) -> str:
        """For visitors."""
        return f"http://127.0.0.1:{self._port}"

    def said(self) -> bytes:
        """All answers so far, without the borders between chunks."""
        return b"\n".join(CHUNK_BORDER.sub(b"", bytes(answer)) for answer in self._answers)

    def __enter__(self) -> Outlet:
        self._thread.start()
        self._thread.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._stop())
        self._thread.stop()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        await self._thread.end_server(self._server, self._abort)

    def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:  # the program is gone: so are we for this visitor
            return writer.close()
        kept = bytearray()
        self._answers.append(kept)
        self._writers |= {writer, back}
        try:
            await asyncio.gather(self._ask(reader, back), self._answer(there, writer, kept))
        except OSError:
            pass  # one of both has left
        finally:
            for one in (writer, back):
                one.close()
                self._writers.discard(one)

    async def _ask(self, visitor: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while piece := await visitor.read(READ_BYTES):
            server.write(COMPRESSION.sub(_as_another_header, piece))
            await server.drain()
        server.write_eof()

    async def _answer(
        self, server: asyncio.StreamReader, visitor: asyncio.StreamWriter, kept: bytearray
    ) -> None:
        while piece := await server.read(READ_BYTES):
            kept += piece
            visitor.write(piece)
            await visitor.drain()
        visitor.write_eof()


def _as_another_header(found: re.Match[bytes]) -> bytes:
    name = found.group(1)
    return found.group(0).replace(name, b"X" * len(name))
