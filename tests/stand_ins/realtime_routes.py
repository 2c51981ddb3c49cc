"""Keys, calls by offer, hang-up, sockets: the Realtime API of a stand-in."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import aiohttp
from aiohttp import web
from openai.types.realtime.client_secret_create_params import ClientSecretCreateParams
from openai.types.realtime.realtime_session_create_request_param import (
    RealtimeSessionCreateRequestParam,
)

from services.engine.errors import ProtocolError
from services.engine.http import MODEL
from services.engine.protocol.config import SessionConfig
from services.engine.protocol.ids import new_id
from tests.stand_ins.cloud import Cloud, OpenCall, Secret
from tests.stand_ins.crossing import Crossing
from tests.stand_ins.engine_child import KEY
from tests.stand_ins.form import read_form
from tests.stand_ins.limits import check_expiry, check_reasoning
from tests.stand_ins.sockets import Sockets
from tests.stand_ins.typed import Refused, check
from tests.stand_ins.wire import Terms

ANSWER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n"
)
"""Of a stand-in with no engine behind it."""


def add_to(app: web.Application, cloud: Cloud) -> None:
    """Serve these routes."""
    routes = _Routes(cloud)
    root = f"{cloud.root}/realtime"
    app.router.add_post(f"{root}/client_secrets", routes.mint)
    app.router.add_post(f"{root}/calls", routes.connect)
    app.router.add_post(f"{root}/calls/{{call_id}}/hangup", routes.hang_up)
    app.router.add_get(root, Sockets(cloud).serve)


class _Routes:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def mint(self, request: web.Request) -> web.Response:
        cloud = self._cloud
        cloud.check_server(request)
        body = await json_of(request)
        check(body, ClientSecretCreateParams)
        seconds = check_expiry(body)
        session = body.get("session", {"type": "realtime"})
        model = self._check(session)
        cloud.sessions.append(session)
        cloud.safety_identifiers.append(request.headers.get("OpenAI-Safety-Identifier"))
        expires_at = int(time.time()) + seconds
        value = f"ek_{secrets.token_hex(16)}"
        is_stale = cloud.stale_keys > 0
        cloud.stale_keys -= is_stale
        cloud.secrets[value] = Secret(session, model, 0 if is_stale else expires_at)
        echoed = effective(session, model)
        return web.json_response({"value": value, "expires_at": expires_at, "session": echoed})

    async def connect(self, request: web.Request) -> web.Response:
        if request.content_type == "application/sdp":
            secret = browser_key(self._cloud, request)
            return await self._open(request, await request.text(), secret.session, secret.model)
        if request.content_type != "multipart/form-data":
            raise Refused("Unsupported content type.", "unsupported_content_type", status=415)
        self._cloud.check_server(request)
        offer, session = await _form(request)
        model = self._check(session)
        self._cloud.sessions.append(session)
        self._cloud.safety_identifiers.append(request.headers.get("OpenAI-Safety-Identifier"))
        return await self._open(request, offer, session, model)

    async def hang_up(self, request: web.Request) -> web.Response:
        cloud, call_id = self._cloud, request.match_info["call_id"]
        cloud.check_server(request)
        if call_id not in cloud.calls:
            return cloud.to_response(Refused("No such call.", "not_found", status=404))
        await cloud.end_call(call_id)
        return web.Response()

    def _check(self, session: dict[str, Any]) -> str:
        """Check a session that begins; gives its model."""
        cloud = self._cloud
        check(session, RealtimeSessionCreateRequestParam, "session")
        model: str = session.get("model", cloud.default_model)
        cloud.check_model(model, "session.model")
        check_reasoning(session, model)
        cloud.check_session(session)
        return model

    async def _open(
        self, request: web.Request, offer: str, session: dict[str, Any], model: str
    ) -> web.Response:
        if not offer.startswith("v=0") or "m=audio" not in offer or "m=application" not in offer:
            raise Refused("The offer needs sound and a channel.", "invalid_offer", "sdp")
        call_id = new_id("rtc")
        filtered = self._cloud.filtered or request.query.get("webrtcfilter") == "on"
        terms = Terms(model, self._cloud.check_session, filtered)
        answer, call = await self._cross(call_id, terms, offer, session)
        self._cloud.calls[call_id] = call
        return web.Response(
            status=201,
            text=answer,
            content_type="application/sdp",
            headers={"Location": f"{self._cloud.root}/realtime/calls/{call_id}"},
        )

    async def _cross(
        self, call_id: str, terms: Terms, offer: str, session: dict[str, Any]
    ) -> tuple[str, OpenCall]:
        cloud = self._cloud
        if cloud.engine is None:
            return ANSWER, OpenCall()
        engine_url = cloud.engine.url

        async def dial(sdp: str) -> str:
            form = aiohttp.FormData(default_to_multipart=True)
            form.add_field("sdp", sdp, content_type="application/sdp")
            form.add_field("session", json.dumps(session | {"model": MODEL}))
            headers = {"Authorization": f"Bearer {KEY}"}
            async with (
                aiohttp.ClientSession(engine_url, headers=headers) as http,
                http.post("/v1/realtime/calls", data=form) as answer,
            ):
                text = await answer.text()
                if answer.status != 201:
                    raise Refused(f"The engine refused: {text}", "engine_refused", status=500)
                return text

        crossing = Crossing(cloud.events, terms, lambda: cloud.end_soon(call_id))
        try:
            answer = await crossing.answer(offer, dial)
        except BaseException:
            await crossing.close()
            raise
        return answer, OpenCall(crossing.wire, crossing.close)


def browser_key(cloud: Cloud, request: web.Request) -> Secret:
    """Look up the short-lived key of a request.

    Raises:
        Refused: it is none, or too old.
    """
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    secret = cloud.secrets.get(value) if scheme == "Bearer" else None
    if secret is None:
        raise Refused("Incorrect API key provided.", "invalid_api_key", status=401)
    if secret.expires_at <= time.time():
        raise Refused("The key has expired.", "expired_api_key", status=401)
    if "openai-safety-identifier" in request.headers:
        raise Refused("It belongs to the key.", "unknown_header", "OpenAI-Safety-Identifier")
    return secret


async def json_of(request: web.Request) -> dict[str, Any]:
    """Read a body that must be a JSON object."""
    if request.content_type != "application/json":
        raise Refused("Unsupported content type.", "unsupported_content_type", status=415)
    try:
        body = await request.json()
    except ValueError as error:
        raise Refused("We could not parse the JSON body.", "invalid_json") from error
    if not isinstance(body, dict):
        raise Refused("The body must be an object.", "invalid_json")
    return body


def effective(session: dict[str, Any], model: str) -> dict[str, Any]:
    """Give the session as it is echoed, with all that was left out."""
    try:
        config = SessionConfig.default(model, "alloy").merged(session)
    except ProtocolError as error:
        raise Refused(error.message, error.code, error.param or "") from error
    return config.to_wire(new_id("sess"))


async def _form(request: web.Request) -> tuple[str, dict[str, Any]]:
    kinds = {"sdp": "application/sdp", "session": "application/json"}
    fields: dict[str, str] = {}
    for part in read_form(request.headers["Content-Type"], await request.read()):
        if part.name not in kinds or part.filename:
            raise Refused(f"Unknown parameter: '{part.name}'.", "unknown_parameter", part.name)
        if part.content_type not in ("", kinds[part.name]):
            raise Refused("A part has the wrong content type.", "invalid_value", part.name)
        fields[part.name] = part.content.decode()
    if "sdp" not in fields:
        raise Refused("Missing required parameter: 'sdp'.", "missing_required_parameter", "sdp")
    try:
        session = json.loads(fields.get("session", '{"type": "realtime"}'))
    except ValueError as error:
        raise Refused("The session is no JSON.", "invalid_json", "session") from error
    return fields["sdp"], session
