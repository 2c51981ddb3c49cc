"""A stand-in of Azure OpenAI, GA paths: `with StandInAzure() as azure: ... azure.url`.

Its errors differ from OpenAI's: codes in words of its own, a number as code for a bad key. As at
OpenAI's, an error that quotes the key is meant so.
"""

from __future__ import annotations

from typing import Any, ClassVar

from aiohttp import web

from tests.stand_ins.cloud import Cloud
from tests.stand_ins.engine_child import EngineChild
from tests.stand_ins.typed import Refused

SERVER_KEY = "StandInOfAzure7Hq2Zb9XkVt4RmWn8LsPd3JcYf6GuEa1BoTiCxQ5"
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJhdWQiOiJzdGFuZC1pbiJ9.U3RhbmRJblRva2Vu"
"""Of Entra; as good as the key."""
DEPLOYMENT = "our-realtime"
LAGGING = ("reasoning", "parallel_tool_calls")
"""Fields that come to Azure later."""


class StandInAzure(Cloud):
    """Serves `/openai/v1` of one resource."""

    root: ClassVar[str] = "/openai/v1"
    extra_headers: ClassVar[str] = "api-key|x-ms-client-request-id"
    opens_before_it_refuses: ClassVar[bool] = False

    def __init__(self, engine: EngineChild | None = None) -> None:
        super().__init__(engine)
        self.server_key = SERVER_KEY
        self.token = TOKEN
        self.default_model = DEPLOYMENT
        self.deployments: tuple[str, ...] = (DEPLOYMENT,)
        """Of realtime models, by their names here."""
        # In a session any name is taken: what is not deployed shows when something is said.
        self.transcribers: tuple[str, ...] = ("our-transcribe",)
        self.speakers: tuple[str, ...] = ("our-tts",)
        self.unknown_fields = LAGGING

    def check_server(self, request: web.Request) -> None:
        key, bearer = request.headers.get("api-key"), request.headers.get("Authorization")
        if key is not None and bearer is not None:
            raise Refused("Send one of api-key and Authorization.", "400")
        if key != self.server_key and bearer not in (
            f"Bearer {self.server_key}",
            f"Bearer {self.token}",
        ):
            raise Refused(f"Access denied for {key or bearer}.", "401", status=401)

    def check_address(self, request: web.Request) -> None:
        known = {
            f"{self.root}/realtime": {"model"},
            f"{self.root}/realtime/calls": {"webrtcfilter"},
        }.get(request.path, set())
        for name in request.query:
            if name == "api-version":
                raise Refused("api-version is not for these paths.", "401", status=401)
            if name not in known:
                raise Refused(f"Unknown query parameter '{name}'.", "BadRequest", name)

    def check_model(self, model: str, param: str) -> None:
        if model not in self.deployments:
            raise Refused("The deployment does not exist.", "DeploymentNotFound", param, 404)

    def listed(self) -> dict[str, dict[str, Any]]:
        """What the resource could deploy, not what it has deployed."""
        return {"gpt-realtime-2.1": {}, "gpt-realtime": {}, "whisper": {}}

    def to_response(self, refused: Refused) -> web.Response:
        error = {"code": refused.code, "message": refused.message}
        if refused.param:
            error |= {"type": "invalid_request_error", "param": refused.param}
        return web.json_response({"error": error}, status=refused.status)
