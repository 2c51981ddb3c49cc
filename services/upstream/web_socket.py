"""One WebSocket to an upstream, used by one thread at a time; `waiting` ends what takes too long.

The protocol comes from `websockets`, the connection is one as of the pool: so the thread that
waits for a message also sees its own listener leave, and no second thread has to watch it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpcore2
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidURI
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from services.errors import ProviderError
from services.upstream.connections import connect
from services.upstream.http import Reply, nonsense, silence
from services.upstream.waiting import Listener, OutOfTime, waiting

MESSAGE_LIMIT = 16 * 1024 * 1024
"""Bytes of one message; the Realtime API sends up to 15 MiB of sound in one."""
READ_BYTES = 64 * 1024
GOODBYE_SECONDS = 0.1
"""For a last frame that the other side does not take."""

_wire_log = logging.getLogger("services.upstream.wire")
# In detail the library writes down every header, and with it the server's key.
_wire_log.setLevel(logging.WARNING)


class Refused(Exception):
    """The other side answered without opening a WebSocket; the adapter translates it."""

    def __init__(self, reply: Reply) -> None:
        """Keep what it said instead."""
        super().__init__(f"status {reply.status}")
        self.reply = reply


class WebSocket:
    """Open from the beginning; `close` may be called twice."""

    def __init__(
        self, url: str, headers: Mapping[str, str], seconds: float, listener: Listener | None
    ) -> None:
        """Connect and shake hands.

        Args:
            url: ws:// or wss://.
            headers: besides those of the protocol.
            seconds: for all of it.
            listener: it is given up when it leaves.

        Raises:
            Refused: there is an answer, but no WebSocket.
            ProviderUnavailable: no connection, or no answer in time.
            ProviderProtocolError: the answer is not HTTP.
            ListenerLeft: the listener has left.
        """
        self._messages: deque[bytes] = deque()
        self._parts: list[bytes] = []
        self._answer: Response | None = None
        with _translated(), waiting(seconds, listener):
            where = parse_uri(url)
            # Whatever is compressed is held back until there is enough of it.
            self._protocol = ClientProtocol(where, max_size=MESSAGE_LIMIT, logger=_wire_log)
            self._connection = connect(where.host, where.port, is_secure=where.secure)
            try:
                self._shake_hands(headers)
            except BaseException:
                self._connection.close()
                raise

    def send(self, message: str, seconds: float, listener: Listener | None = None) -> None:
        """Send a text; if nobody takes it, `receive` tells why.

        Raises:
            ProviderUnavailable: it is not taken in time.
            ListenerLeft: the listener has left.
        """
        with _translated(), waiting(seconds, listener), suppress(httpcore2.WriteError):
            if self._is_open:
                self._protocol.send_text(message.encode())
                self._flush()

    def receive(self, seconds: float, listener: Listener | None = None) -> bytes:
        """Wait for the next message.

        Raises:
            ProviderUnavailable: none comes in time, or the connection is over.
            ProviderProtocolError: what comes is no WebSocket's, or too long.
            ListenerLeft: the listener has left.
        """
        with _translated(), waiting(seconds, listener):
            while not self._messages:
                if not self._is_open:
                    raise silence(f"the WebSocket was closed: {self._protocol.close_exc}")
                self._read()
        return self._messages.popleft()

    def is_over(self) -> bool:
        """See whether the other side has closed meanwhile; what it sent is forgotten."""
        with suppress(ProviderError, httpcore2.NetworkError, httpcore2.TimeoutException, OutOfTime):
            with waiting(GOODBYE_SECONDS, None):
                while self._is_open and self._connection.get_extra_info("is_readable"):
                    self._read()
            self._messages.clear()
            return not self._is_open
        return True

    def close(self) -> None:
        """End it; the other side is told, but not waited for."""
        if self._is_open:
            with suppress(httpcore2.NetworkError, httpcore2.TimeoutException, OutOfTime):
                self._protocol.send_close(1000)
                with waiting(GOODBYE_SECONDS, None):
                    self._flush()
        self._connection.close()

    @property
    def _is_open(self) -> bool:
        return self._protocol.state is State.OPEN

    def _shake_hands(self, headers: Mapping[str, str]) -> None:
        request = self._protocol.connect()
        for name, value in headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        self._flush()
        while self._answer is None:
            if not self._read():
                raise silence("the connection was closed before an answer")
        if self._protocol.handshake_exc is not None:
            raise Refused(_reply(self._answer)) from self._protocol.handshake_exc

    def _read(self) -> bool:
        """Wait for bytes and take them in; False: there will be no more."""
        data = self._connection.read(READ_BYTES)
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        self._take_in(self._protocol.events_received())
        with suppress(httpcore2.WriteError):  # an answer to a goodbye may find nobody
            self._flush()
        if self._protocol.parser_exc is not None and data:
            raise nonsense(str(self._protocol.parser_exc))
        return bool(data)

    def _take_in(self, events: list[Any]) -> None:
        for event in events:
            if isinstance(event, Response):
                self._answer = event
            elif isinstance(event, Frame) and event.opcode in (
                Opcode.TEXT,
                Opcode.BINARY,
                Opcode.CONT,
            ):
                self._parts.append(bytes(event.data))
                if event.fin:
                    self._messages.append(b"".join(self._parts))
                    self._parts.clear()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:  # none is the end of what we send, which closing tells as well
                self._connection.write(data)


def _reply(answer: Response) -> Reply:
    return Reply(answer.status_code, bytes(answer.body or b""), None)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (InvalidHandshake, InvalidURI) as error:
        raise nonsense(str(error)) from error
    except (httpcore2.NetworkError, httpcore2.TimeoutException, OutOfTime) as error:
        raise silence(f"{type(error).__name__}: {error}") from error
