"""The WebSocket of a browser: flask-sock's, with the bounds that it does not set by itself.

What simple-websocket 1.1 lacks, and where it is mended here:
- it writes from two threads without a lock, and a part of a frame only if the connection has a
  time-out: `Wire`;
- it keeps as many messages as come: the thread of the request reads instead of one more, and
  hands on each message before it reads the next (`Reader`, `Arrival`);
- it always agrees to compression, which triples the memory of a socket and does not make sound
  smaller: `prepare`.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

from simple_websocket import ConnectionClosed, Server  # type: ignore[import-untyped]
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from services.calls.relay_sides import BrowserGone
from services.upstream.call_socket import limit_sending

PING_SECONDS = 20
"""Routers of hosting platforms close what is silent for 55 s. A browser that has not answered
when the next ping is due is gone."""
FRAME_LIMIT = 15 * 1024 * 1024
"""Of one message, as at the provider."""
STALL_SECONDS = 10
"""A browser that takes nothing at all for this long is gone."""
READ_BYTES = 16 * 1024
COMPRESSION = "HTTP_SEC_WEBSOCKET_EXTENSIONS"


class Wire:
    """The connection below a WebSocket: whole frames, one at a time, or none any more."""

    def __init__(self, connection: socket.socket) -> None:
        """Take over a connection, which its server closes at the end."""
        # A time-out of Python's would let `send` give up in the middle of a frame.
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        limit_sending(connection, STALL_SECONDS)
        self._connection = connection
        self._writing = threading.Lock()
        self._is_cut = False

    def fileno(self) -> int:
        """Give what a selector waits for."""
        return self._connection.fileno()

    def recv(self, size: int) -> bytes:
        """Read what is there."""
        return self._connection.recv(size)

    def send(self, data: bytes) -> int:
        """Write all of it.

        Raises:
            OSError: the browser takes nothing any more; the connection is cut then.
        """
        with self._writing:
            if self._is_cut:
                raise BrokenPipeError("the connection was cut")
            try:
                self._connection.sendall(data)
            except OSError:
                # Whatever came next would be taken for the rest of this frame.
                self.cut()
                raise
        return len(data)

    def close(self) -> None:
        """Leave it to the server, which waits for the browser's last bytes."""

    def cut(self) -> None:
        """End reading and writing at once, in all threads."""
        self._is_cut = True
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was faster


class Reader(threading.Thread):
    """A thread that is never started: who opened the socket calls `run`."""

    def start(self) -> None:
        """Do nothing."""


class Arrival(threading.Event):
    """Set when a message has come; calls whoever takes it."""

    def __init__(self) -> None:
        """Know nobody yet."""
        super().__init__()
        self.when_set: Callable[[], None] = lambda: None

    def set(self) -> None:
        """Tell that something has come."""
        super().set()
        self.when_set()


OPTIONS: dict[str, Any] = {
    "ping_interval": PING_SECONDS,
    "max_message_size": FRAME_LIMIT,
    "receive_bytes": READ_BYTES,
    "thread_class": Reader,
    "event_class": Arrival,
}
"""Flask's `SOCK_SERVER_OPTIONS`."""


def prepare(environ: dict[str, Any]) -> Wire:
    """Put a wire in place of the connection, and refuse compression; before the upgrade."""
    environ.pop(COMPRESSION, None)
    environ["gunicorn.socket"] = wire = Wire(environ["gunicorn.socket"])
    return wire


class BrowserSocket:
    """What a relay reads from and writes to."""

    def __init__(self, server: Server, wire: Wire) -> None:
        """Speak through an open socket."""
        self._server = server
        self._wire = wire

    def read(self, take: Callable[[str], None]) -> None:
        """Hand on each message as it comes, until the connection ends."""

        def hand_on() -> None:
            while self._server.input_buffer:
                message = self._server.input_buffer.pop(0)
                if isinstance(message, str):
                    take(message)
                else:
                    self.close(1003, "events are text")

        self._server.event.when_set = hand_on
        try:
            self._server.thread.run()
        except ConnectionClosed:
            pass  # by another thread, in the moment in which a ping was due
        except RemoteProtocolError:
            self.close(1002, "this is not how a WebSocket speaks")

    def send(self, event: str) -> None:
        """Send a text.

        Raises:
            BrowserGone: nobody takes it.
        """
        try:
            self._server.send(event)
        except (ConnectionClosed, LocalProtocolError, OSError) as error:
            raise BrowserGone(str(error) or type(error).__name__) from error

    def close(self, code: int, reason: str) -> None:
        """Say goodbye; does not fail."""
        try:
            self._server.close(code, reason)
        except (ConnectionClosed, LocalProtocolError, OSError):
            pass  # it is closed

    def cut(self) -> None:
        """End the connection without a word; reading and writing stop at once. May come twice."""
        self._wire.cut()
