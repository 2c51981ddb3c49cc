"""The WebSocket of a call at its provider: one thread reads, another one writes.

`websockets` brings a third, which takes frames from the network and stops to do so while nobody
reads, so that nothing piles up here.
"""

from __future__ import annotations

import json
import logging
import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import cast

from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    InvalidURI,
)
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from services.upstream.http import nonsense, silence

OPEN_SECONDS = 9.0
"""For the connection and the handshake together. The page gives up a little later."""
STALL_SECONDS = 5
"""An upstream that takes nothing for this long, or does not answer a ping, is gone."""
GOODBYE_SECONDS = 1.0
"""For the answer to our last frame."""
MESSAGE_LIMIT = 16 * 1024 * 1024
"""Bytes of one event; a provider sends back what it was sent, of which 15 MiB are allowed."""
QUEUE = 16
"""Events that are taken from the network ahead of the thread that reads."""

# At DEBUG `websockets` would write down every header, and so the server's key.
_wire_log = logging.getLogger(f"{__name__}.wire")
_wire_log.setLevel(logging.WARNING)


class SocketRefused(Exception):
    """The other side answered without opening a WebSocket; the caller translates it."""

    def __init__(self, status: int, body: bytes) -> None:
        """Keep what it said instead."""
        super().__init__(f"status {status}")
        self.status = status
        self.code, self.message = _problem(body)


class SocketEnded(Exception):
    """The connection is over; the caller translates it."""

    def __init__(self, code: int, why: str) -> None:
        """Keep how the other side closed; code 1006 if it just went away.

        Its own words are not kept: they may quote the key that it was shown.
        Source: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
        """
        super().__init__(f"{code}, {why}")
        self.code = code


class CallSocket:
    """Open from the beginning; `close` may be called twice."""

    def __init__(self, url: str, headers: Mapping[str, str], subprotocols: Sequence[str]) -> None:
        """Connect and shake hands.

        Raises:
            SocketRefused: there is an answer, but no WebSocket.
            ProviderUnavailable: no connection, or no answer in time.
            ProviderProtocolError: the answer is not HTTP.
        """
        with _translated():
            self._connection: ClientConnection = connect(
                url,
                additional_headers=dict(headers),
                subprotocols=cast(Sequence[Subprotocol], subprotocols) or None,
                # Sound does not get smaller, and whatever is compressed takes memory.
                compression=None,
                # A proxy of the environment must not see the server's key.
                proxy=None,
                open_timeout=OPEN_SECONDS,
                # `receive` does it, without a thread of its own.
                ping_interval=None,
                close_timeout=GOODBYE_SECONDS,
                max_size=MESSAGE_LIMIT,
                max_queue=QUEUE,
                logger=_wire_log,
            )
        # Some refuse right behind the handshake; what they said can still be received.
        with suppress(OSError):
            limit_sending(self._connection.socket, STALL_SECONDS)
        self._pong: threading.Event | None = None

    def send(self, message: str) -> None:
        """Send a text.

        Raises:
            SocketEnded: the connection is over, or takes nothing any more.
        """
        with _ended():
            self._connection.send(message)

    def receive(self, seconds: float) -> str | None:
        """Wait for the next text; None: none came in this time, but the other side is there.

        Raises:
            SocketEnded: the connection is over, or a ping of the last time is unanswered.
        """
        with _ended():
            try:
                message = self._connection.recv(seconds)
            except TimeoutError:
                self._see_whether_it_lives()
                return None
        self._pong = None
        return message if isinstance(message, str) else message.decode("utf-8", "replace")

    def close(self) -> None:
        """End it, with a word to the other side."""
        self._connection.close()

    def _see_whether_it_lives(self) -> None:
        if self._pong is not None and not self._pong.is_set():
            raise SocketEnded(1006, "a ping was not answered")
        self._pong = self._connection.ping()


def limit_sending(connection: socket.socket, seconds: int) -> None:
    """Let sending fail when nothing at all is taken for this long; slow progress is progress.

    Source: https://pubs.opengroup.org/onlinepubs/9799919799/functions/V2_chap02.html#tag_16_10_16
    """
    interval = struct.pack("ll", seconds, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, interval)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except InvalidStatus as error:
        answer = error.response
        raise SocketRefused(answer.status_code, bytes(answer.body or b"")) from error
    # What is no HTTP at all, which includes a connection that was closed at once.
    except InvalidMessage as error:
        raise silence(f"{error}: {error.__cause__}") from error
    except (InvalidHandshake, InvalidURI) as error:
        raise nonsense(str(error)) from error
    except OSError as error:  # a time-out is one of them
        raise silence(f"{type(error).__name__}: {error}") from error


@contextmanager
def _ended() -> Iterator[None]:
    try:
        yield
    except ConnectionClosed as error:
        if error.rcvd is None:
            raise SocketEnded(1006, "the connection broke") from None
        raise SocketEnded(error.rcvd.code, "as it said itself") from None


def _problem(body: bytes) -> tuple[str, str]:
    """Read code and message of `{"error": {...}}`; both are "" where the body has no such thing."""
    try:
        error = json.loads(body)["error"]
        return str(error.get("code") or ""), str(error.get("message") or "")
    except (ValueError, TypeError, KeyError, AttributeError):
        return "", ""
