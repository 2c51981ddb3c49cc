"""Knows when the browser that waits for an answer has closed its connection."""

from __future__ import annotations

import select
import socket

from flask import request

from services.upstream.waiting import Listener


class Browser:
    """The other end of the connection on which a request came."""

    def __init__(self, connection: socket.socket) -> None:
        """Look at this socket without ever taking anything from it."""
        self._connection = connection

    def fileno(self) -> int:
        """Give what becomes readable when the browser closes."""
        return self._connection.fileno()

    def has_left(self) -> bool:
        """See whether the browser has closed: there is an end to read, or a broken connection."""
        # Asked first, since a socket with a time-out waits for it even when told not to.
        look = select.poll()
        look.register(self._connection.fileno(), select.POLLIN)
        try:
            return bool(look.poll(0)) and self._connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True


def listener() -> Listener | None:
    """Give whoever waits for the answer to this request; None where a server does not tell."""
    connection: socket.socket | None = request.environ.get("gunicorn.socket")
    return Browser(connection) if connection is not None else None
