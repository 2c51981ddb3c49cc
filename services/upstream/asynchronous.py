"""An HTTP client for libraries that bring their own event loop and take their client from us."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import httpx2


class AnswerTooLong(httpx2.ReadError):
    """An answer is longer than we read."""


class LimitedTransport(httpx2.AsyncHTTPTransport):
    """Reads no answer that is longer than it may be: no server elsewhere fills our memory."""

    def __init__(self, limit: int) -> None:
        """Read at most so many bytes of each answer."""
        super().__init__()
        self._limit = limit

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, and watch its answer."""
        response = await super().handle_async_request(request)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _LimitedStream(response.stream, self._limit)
        return response


class _LimitedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, limit: int) -> None:
        self._stream = stream
        self._left = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            self._left -= len(piece)
            if self._left < 0:
                raise AnswerTooLong("the answer is too long")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def open_client(headers: Mapping[str, str], *, seconds: float, limit: int) -> httpx2.AsyncClient:
    """Make a client, which whoever asked for it closes.

    Args:
        headers: sent with every request.
        seconds: without a sign of the other side after which a request fails.
        limit: bytes of an answer.
    """
    return httpx2.AsyncClient(
        headers=dict(headers), timeout=seconds, transport=LimitedTransport(limit)
    )
