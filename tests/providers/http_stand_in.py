"""What all stand-ins over HTTP share: a server on a free port that can be told to fail."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self


class HttpStandIn:
    """Listens on a free port of this machine from `with` on."""

    handler: ClassVar[type[StandInHandler]]
    """Answers the requests of one connection."""

    def __init__(self) -> None:
        """Be ready, with nothing going on."""
        self.instead: Callable[[BaseHTTPRequestHandler], None] | None = None
        """Answers every request in place of the handler."""
        bound = type("Handler", (self.handler,), {"stand_in": self})
        self._server = _Server(("127.0.0.1", 0), bound)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def disconnect(self) -> None:
        """Close all connections, also those that are kept for later."""
        for connection in list(self._server.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def fail(self, status: int, message: str, code: str = "") -> None:
        """From now on answer every request with an error, as this service spells them."""
        body = json.dumps(self.error(message, code)).encode()
        self.answer_always(status, body)

    def answer_always(self, status: int, body: bytes, content_type: str = "text/plain") -> None:
        """From now on answer every request like this."""
        self.instead = lambda handler: send(handler, status, body, content_type)

    @staticmethod
    def error(message: str, code: str) -> dict[str, object]:
        """An error as OpenAI spells it."""
        return {"error": {"message": message, "code": code, "type": "x", "param": None}}


class _Server(ThreadingHTTPServer):
    def __init__(self, *wanted: Any) -> None:
        self.open: set[socket.socket] = set()
        super().__init__(*wanted)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has given up is no news."""


class StandInHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    stand_in: Any
    """Whose it is; each kind of handler knows which."""
    body = b""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""

    def respond(self) -> None:
        """Answer a request of which nobody wished a failure."""
        raise NotImplementedError

    def answer(self, content: object, status: int = 200) -> None:
        """Answer with JSON."""
        send(self, status, json.dumps(content).encode(), "application/json")

    def _answer(self) -> None:
        if self.stand_in.instead is not None:
            return self.stand_in.instead(self)
        return self.respond()


def send(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    content_type: str,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer at once."""
    handler.send_response(status)
    fixed = {"Content-Type": content_type, "Content-Length": str(len(body))}
    for name, value in (fixed | dict(headers or {})).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
