"""A stand-in of OpenAI: `with StandInOpenAI() as openai: ... openai.base_url`.

It takes exactly what the API reference and the types of the `openai` package allow. An error that
quotes the key it was shown is meant so: whoever passes it on gives the key away.
"""

from __future__ import annotations

from typing import Any, ClassVar

from aiohttp import web

from tests.stand_ins.cloud import Cloud
from tests.stand_ins.engine_child import EngineChild
from tests.stand_ins.limits import (
    REALTIME_MODELS,
    SPEECH_MODELS,
    TRANSCRIBERS,
)
from tests.stand_ins.typed import Refused

SERVER_KEY = "sk-proj-StandInOfOpenAi0Tq7vN4sKd82mWcXyB5hLpR9u"
SHUTDOWN = {
    "gpt-realtime": "2027-01-20",
    "gpt-realtime-2025-08-28": "2027-01-20",
    "gpt-realtime-mini": "2027-01-20",
    "whisper-1": "2027-02-26",
    "gpt-4o-transcribe": "2027-02-26",
    "gpt-4o-mini-transcribe": "2027-02-26",
    "gpt-4o-mini-tts": "2027-01-06",
    "tts-1": "2027-01-06",
    "tts-1-hd": "2027-01-06",
}


class StandInOpenAI(Cloud):
    """Serves `/v1`."""

    root: ClassVar[str] = "/v1"
    opens_before_it_refuses: ClassVar[bool] = True

    def __init__(self, engine: EngineChild | None = None) -> None:
        super().__init__(engine)
        self.server_key = SERVER_KEY
        self.default_model = REALTIME_MODELS[0]
        self.models: tuple[str, ...] = REALTIME_MODELS
        """Those that this account may use for calls."""
        self.transcribers: tuple[str, ...] = TRANSCRIBERS
        self.session_transcribers: tuple[str, ...] = TRANSCRIBERS
        self.speakers: tuple[str, ...] = SPEECH_MODELS

    @property
    def base_url(self) -> str:
        """For OPENAI_REALTIME_BASE_URL."""
        return f"{self.url}/v1"

    def check_server(self, request: web.Request) -> None:
        shown = request.headers.get("Authorization", "")
        if shown != f"Bearer {self.server_key}":
            raise Refused(f"Incorrect API key provided: {shown}.", "invalid_api_key", status=401)

    def check_address(self, request: web.Request) -> None:
        known = {f"{self.root}/realtime": {"model"}}.get(request.path, set())
        for name in request.query:
            if name not in known:
                raise Refused(f"Unknown query parameter '{name}'.", "unknown_parameter", name)

    def check_model(self, model: str, param: str) -> None:
        if model not in self.models:
            raise Refused(f"The model '{model}' does not exist.", "model_not_found", param, 404)

    def listed(self) -> dict[str, dict[str, Any]]:
        names = (*self.models, *self.transcribers, *self.speakers)
        return {name: {"shutdown_date": SHUTDOWN.get(name)} for name in names}

    def to_response(self, refused: Refused) -> web.Response:
        error = {
            "message": refused.message,
            "type": "invalid_request_error",
            "code": refused.code,
            "param": refused.param or None,
        }
        return web.json_response({"error": error}, status=refused.status)
