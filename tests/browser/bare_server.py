"""A server that takes an offer and nothing else, as some that speak the Realtime API do."""

from __future__ import annotations

import json

import httpx2

from tests.providers.http_stand_in import HttpStandIn, StandInHandler, send
from tests.stand_ins.engine_child import KEY, EngineChild

CALLS = "/v1/realtime/calls"


class _Handler(StandInHandler):
    stand_in: BareServer

    def respond(self) -> None:
        if self.command != "POST":
            return send(self, 404, b"", "text/plain")
        kind = self.headers.get_content_type()
        return send(self, *self.stand_in.answer(self.path, kind, self.body), "text/plain")


class BareServer(HttpStandIn):
    """Hands offers on to an engine; it has no keys, no forms, no ids of calls."""

    handler = _Handler

    def __init__(self, engine: EngineChild, content_type: str) -> None:
        """Read offers of this content type: application/sdp, or application/json."""
        super().__init__()
        self.base_url = f"{self.url}/v1"
        self._engine = engine
        self._content_type = content_type
        self.refused: list[str] = []
        """Content types that were."""

    def answer(self, path: str, content_type: str, body: bytes) -> tuple[int, bytes]:
        """Answer one request: status and body."""
        if path != CALLS:
            return 404, b""
        if content_type != self._content_type:
            self.refused.append(content_type)
            return 415, b"Unsupported Media Type"
        is_json = content_type == "application/json"
        reply = httpx2.post(
            self._engine.url + CALLS,
            content=json.loads(body)["sdp"].encode() if is_json else body,
            headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/sdp"},
        )
        sdp = reply.text
        return 200, json.dumps({"sdp": sdp}).encode() if is_json else sdp.encode()
