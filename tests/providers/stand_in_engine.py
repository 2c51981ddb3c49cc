"""An engine that checks every request as strictly as the real one, without sound or models."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP

from services.upstream.engine_board import EngineState
from tests.providers.http_stand_in import HttpStandIn, StandInHandler, send
from tests.providers.stand_in_audio import Audio, speak, transcribe

ANSWER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
SERVER_KEY = "server-key-of-the-engine"
MODEL = "vivavoce-engine"
VOICES = ["joe", "amy"]


class _Handler(StandInHandler):
    stand_in: StandInEngine

    def respond(self) -> None:
        routes = {
            "GET /healthz": self._health,
            "GET /v1/models": self._models,
            "POST /v1/realtime/client_secrets": self._mint,
            "POST /v1/realtime/calls": self._connect,
            "POST /v1/realtime/calls/rtc_1/hangup": self._hang_up,
            "POST /v1/audio/speech": self._speak,
            "POST /v1/audio/transcriptions": self._transcribe,
        }
        route = routes.get(f"{self.command} {self.path}")
        return route() if route else self._refuse(404, "no such address", "not_found")

    def _health(self) -> None:
        send(self, 200, b'{"status":"ok"}', "application/json")

    def _models(self) -> None:
        listing = {"data": [{"id": MODEL, "object": "model"}], "voices": VOICES}
        self._needs_server_key(lambda: self.answer(listing))

    def _mint(self) -> None:
        self._needs_server_key(self._mint_for_server)

    def _mint_for_server(self) -> None:
        if self.headers["Content-Type"] != "application/json":
            return self._refuse(415, "not JSON", "unsupported_content_type")
        wish = json.loads(self.body)
        session, expiry = wish["session"], wish["expires_after"]
        if not (expiry["anchor"] == "created_at" and 10 <= expiry["seconds"] <= 7200):
            return self._refuse(400, "bad expires_after", "invalid_value")
        if session["type"] != "realtime" or session["model"] != MODEL:
            return self._refuse(404, f"no model {session['model']}", "model_not_found")
        self.stand_in.sessions.append(session)
        self.stand_in.safety_identifiers.append(self.headers["OpenAI-Safety-Identifier"])
        value = f"ek_{len(self.stand_in.keys)}_stand_in"
        expires_at = int(time.time()) + expiry["seconds"]
        self.stand_in.keys[value] = expires_at
        minted = {"value": value, "expires_at": expires_at, "session": session | {"id": "sess_1"}}
        return self.answer(minted)

    def _connect(self) -> None:
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.headers.get_content_type() == "application/sdp":
            if bearer not in self.stand_in.keys:
                return self._refuse(401, "The key is not known.", "invalid_api_key")
            return self._take_offer(self.body)
        if bearer != SERVER_KEY:
            return self._refuse(401, "wrong server key", "invalid_api_key")
        parts = _multipart(self.headers["Content-Type"], self.body)
        self.stand_in.sessions.append(json.loads(parts["session"]))
        self.stand_in.safety_identifiers.append(self.headers["OpenAI-Safety-Identifier"])
        return self._take_offer(parts["sdp"])

    def _take_offer(self, sdp: bytes) -> None:
        if b"m=audio" not in sdp:
            return self._refuse(400, "The offer has no sound.", "invalid_offer")
        self.stand_in.calls.append("rtc_1")
        location = {"Location": "/v1/realtime/calls/rtc_1"}
        return send(self, 201, ANSWER.encode(), "application/sdp", location)

    def _hang_up(self) -> None:
        self._needs_server_key(self._hang_up_for_server)

    def _hang_up_for_server(self) -> None:
        if "rtc_1" not in self.stand_in.calls:
            return self._refuse(404, "no such call", "not_found")
        self.stand_in.calls.remove("rtc_1")
        return send(self, 200, b"", "text/plain")

    def _speak(self) -> None:
        audio = self.stand_in.audio
        self._needs_server_key(lambda: speak(self, self.body, audio, self._refuse))

    def _transcribe(self) -> None:
        self._needs_server_key(self._transcribe_for_server)

    def _transcribe_for_server(self) -> None:
        form = _multipart(self.headers["Content-Type"], self.body)
        answer = transcribe(self, form, self.stand_in.audio, self._refuse)
        if answer is not None:
            self.answer(answer)

    def _needs_server_key(self, go_on: Callable[[], None]) -> None:
        if self.headers.get("Authorization") != f"Bearer {SERVER_KEY}":
            return self._refuse(401, "wrong server key", "invalid_api_key")
        return go_on()

    def _refuse(self, status: int, message: str, code: str) -> None:
        self.answer({"error": {"message": message, "code": code}}, status)


class StandInEngine(HttpStandIn):
    """An engine that is always ready."""

    handler = _Handler

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, float] = {}
        """Minted keys and when they expire, unix seconds."""
        self.calls: list[str] = []
        """Ids of the calls that are going on."""
        self.sessions: list[dict] = []
        """Sessions asked for, in order."""
        self.safety_identifiers: list[str] = []
        self.audio = Audio()

    def state(self) -> EngineState:
        """What the board would say."""
        return EngineState("ready", self.url)


def _multipart(content_type: str, body: bytes) -> dict[str, bytes]:
    """Fields by name; each must say that it is a field."""
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    fields: dict[str, bytes] = {}
    for part in message.iter_parts():
        assert part.get_content_disposition() == "form-data"
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        fields[str(name)] = content
    return fields
