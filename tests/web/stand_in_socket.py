"""A provider over WebSocket that checks every request as strictly as the real ones."""

from __future__ import annotations

import json
import queue
import threading
from http import HTTPStatus
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

SERVER_KEY = "server-key-of-the-engine"
MODEL = "vivavoce-engine"
PATIENCE_SECONDS = 15
UPDATABLE = ("type", "instructions", "output_modalities", "audio", "tools")


class CallAtProvider:
    """One open socket, as the provider sees it."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection
        self.heard: queue.Queue[dict[str, Any] | int] = queue.Queue()
        """Events of the browser, and at the end the close code."""
        self.updates: list[dict[str, Any]] = []
        """Sessions that were asked for."""

    def say(self, event: dict[str, Any]) -> None:
        self.connection.send(json.dumps(event))

    def next(self) -> dict[str, Any] | int:
        return self.heard.get(timeout=PATIENCE_SECONDS)


class StandInSocket:
    """Listens on a free port of this machine from `with` on."""

    def __init__(self) -> None:
        self.calls: queue.Queue[CallAtProvider] = queue.Queue()
        self.refuse_with: tuple[HTTPStatus, str] | None = None
        """Status and code of an answer instead of a WebSocket."""
        self.first: dict[str, Any] | None = None
        """Said instead of `session.created`; the connection is closed with 3000 then."""
        self.unknown: set[str] = set()
        """Fields that are refused, such as `session.audio.output.speed`."""
        self.safety_identifiers: list[str | None] = []

    def __enter__(self) -> StandInSocket:
        self._server: Server = serve(
            self._handle,
            "127.0.0.1",
            0,
            process_request=self._admit,
            subprotocols=None,
            max_size=16 * 1024 * 1024,
            ping_interval=None,
        )
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()

    def next_call(self) -> CallAtProvider:
        return self.calls.get(timeout=PATIENCE_SECONDS)

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        path = urlsplit(request.path)
        listing = {"data": [{"id": MODEL, "object": "model"}], "voices": ["joe", "amy"]}
        pages = {"/healthz": {"status": "ok"}, "/v1/models": listing}
        if path.path in pages:
            return connection.respond(HTTPStatus.OK, json.dumps(pages[path.path]))
        headers = request.headers
        wrong = (
            "path" if path.path != "/v1/realtime" else "",
            "model" if parse_qs(path.query) != {"model": [MODEL]} else "",
            "key" if headers.get("Authorization") != f"Bearer {SERVER_KEY}" else "",
            "beta" if "OpenAI-Beta" in headers else "",
            "origin" if "Origin" in headers else "",
            "cookie" if "Cookie" in headers else "",
            "compression" if "Sec-WebSocket-Extensions" in headers else "",
        )
        if any(wrong):
            return _refusal(connection, HTTPStatus.BAD_REQUEST, " ".join(filter(None, wrong)))
        self.safety_identifiers.append(headers.get("OpenAI-Safety-Identifier"))
        if self.refuse_with is not None:
            return _refusal(connection, *self.refuse_with)
        return None

    def _handle(self, connection: ServerConnection) -> None:
        if self.first is not None:
            connection.send(json.dumps(self.first))
            connection.close(3000)
            return
        call = CallAtProvider(connection)
        call.say({"type": "session.created", "event_id": "e1", "session": {"id": "sess_1"}})
        self.calls.put(call)
        try:
            for message in connection:
                event = json.loads(message)
                if event["type"] == "session.update":
                    call.say(self._updated(event, call))
                else:
                    call.heard.put(event)
            call.heard.put(1000)
        except ConnectionClosed as error:
            call.heard.put(error.rcvd.code if error.rcvd else 1006)

    def _updated(self, event: dict[str, Any], call: CallAtProvider) -> dict[str, Any]:
        session = event["session"]
        call.updates.append(session)
        unknown = [f"session.{name}" for name in session if name not in UPDATABLE]
        unknown += [name for name in self.unknown if _has(event, name)]
        if session.get("type") != "realtime":
            unknown.append("session.type")
        if unknown:
            error = {"type": "invalid_request_error", "code": "unknown_parameter"}
            error |= {"message": "Unknown parameter", "param": unknown[0]}
            return {"type": "error", "error": error | {"event_id": event.get("event_id")}}
        return {"type": "session.updated", "event_id": "e2", "session": session}


def _has(event: dict[str, Any], path: str) -> bool:
    place: Any = event
    for name in path.split("."):
        if not isinstance(place, dict) or name not in place:
            return False
        place = place[name]
    return True


def _refusal(connection: ServerConnection, status: HTTPStatus, code: str) -> Response:
    message = f"Incorrect API key provided: {SERVER_KEY}. {code}"
    return connection.respond(status, json.dumps({"error": {"code": code, "message": message}}))
