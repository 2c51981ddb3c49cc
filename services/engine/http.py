"""What all HTTP routes of the engine share: keys, bodies and errors."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from services.engine.calls import Calls
from services.engine.config import EngineConfig
from services.engine.errors import (
    BodyTooLarge,
    EngineError,
    KeyRefused,
    NotReady,
    ProtocolError,
    UnsupportedBody,
)
from services.engine.secrets import PREFIX, Secrets
from services.engine.stages import StageError, Stages

log = logging.getLogger(__name__)

JSON_LIMIT_BYTES = 512 * 1024
MODEL = "vivavoce-engine"
KEY_PROTOCOL = "openai-insecure-api-key."
"""Scripts in a browser cannot set headers of a WebSocket, only names of subprotocols.
Source: https://platform.openai.com/docs/guides/realtime-websocket"""


@dataclass
class Running:
    """What the routes work with."""

    config: EngineConfig
    secrets: Secrets
    stages: Stages | None = None
    """None while the models are being loaded."""
    calls: Calls | None = None

    def begin(self, stages: Stages) -> None:
        """Take calls from now on."""
        self.stages = stages
        self.calls = Calls(stages, self.config.max_calls)


RUNNING = web.AppKey("running", Running)


def stages_of(request: web.Request) -> Stages:
    """The stages.

    Raises:
        NotReady: they are still being loaded.
    """
    stages = request.app[RUNNING].stages
    if stages is None:
        raise NotReady("The engine is loading its models; try again in a moment.")
    return stages


def calls_of(request: web.Request) -> Calls:
    """The open calls.

    Raises:
        NotReady: the models are still being loaded.
    """
    calls = request.app[RUNNING].calls
    if calls is None:
        raise NotReady("The engine is loading its models; try again in a moment.")
    return calls


def key_of(request: web.Request) -> str:
    """The key that a request presents: as a bearer, or as a browser's WebSocket subprotocol.

    Raises:
        KeyRefused: it presents none.
    """
    for protocol in request.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if protocol.strip().startswith(KEY_PROTOCOL):
            return protocol.strip().removeprefix(KEY_PROTOCOL)
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise KeyRefused("Send a key: 'Authorization: Bearer ...'.")
    return key.strip()


def check_server_key(request: web.Request) -> None:
    """Let only servers pass.

    Raises:
        KeyRefused: the bearer is missing, wrong, or a browser's key.
    """
    key = key_of(request)
    expected = request.app[RUNNING].config.api_key
    if key.startswith(PREFIX):
        raise KeyRefused("A browser's key cannot be used here; use the server's key.")
    if expected is None and "Origin" in request.headers:
        # Any page that somebody visits can reach the loopback interface from their browser.
        raise KeyRefused("A page in a browser needs a key of its own; have a server mint one.")
    if expected is not None and not hmac.compare_digest(key.encode(), expected.encode()):
        raise KeyRefused("The server's key was refused; check ENGINE_API_KEY on both sides.")


async def json_body(request: web.Request) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object.

    Raises:
        UnsupportedBody: the content type is another.
        BodyTooLarge: it is longer than JSON_LIMIT_BYTES.
        ProtocolError: it is not JSON, or not an object.
    """
    if (request.content_length or 0) > JSON_LIMIT_BYTES:
        raise BodyTooLarge(f"A JSON body has at most {JSON_LIMIT_BYTES} bytes.")
    body = await request.read()
    if not body:
        return {}
    if request.content_type != "application/json":
        raise UnsupportedBody("Send the body as application/json.")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("The body is not valid JSON.", code="invalid_json") from error
    if not isinstance(value, dict):
        raise ProtocolError("The body must be a JSON object.", code="invalid_json")
    return value


@web.middleware
async def errors_as_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn every failure into `{"error": {...}}`; a defect is logged and told as such."""
    try:
        return await handler(request)
    except EngineError as error:
        return _answer(error.status, error.to_wire())
    except StageError as error:
        log.warning("%s %s: %s", request.method, request.path, error)
        return _answer(503, _wire("server_error", f"{error.stage}_failed", str(error)))
    except web.HTTPRequestEntityTooLarge:
        return _answer(413, _wire("invalid_request_error", "request_too_large", "Send less."))
    except web.HTTPException as error:
        sentence = f"{request.method} {request.path[:200]}: {error.reason}."
        return _answer(error.status, _wire("invalid_request_error", "not_found", sentence))
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return _answer(500, _wire("server_error", "server_error", "The engine failed inside."))


def _wire(kind: str, code: str, message: str) -> dict[str, object]:
    return {"type": kind, "code": code, "message": message, "param": None}


def _answer(status: int, error: dict[str, object]) -> web.Response:
    headers = {"Retry-After": "30"} if error["code"] == "lines_busy" else {}
    return web.json_response({"error": error}, status=status, headers=headers)
