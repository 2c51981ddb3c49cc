"""The HTTP routes of the Realtime API: keys for browsers, and calls by SDP offer."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from services.engine.errors import BodyTooLarge, ProtocolError, UnsupportedBody
from services.engine.http import (
    MODEL,
    RUNNING,
    calls_of,
    check_server_key,
    json_body,
    key_of,
    stages_of,
)
from services.engine.protocol.checks import integer, one_of, record
from services.engine.protocol.config import SessionConfig
from services.engine.protocol.ids import new_id
from services.engine.secrets import PREFIX

CALLS_PATH = "/v1/realtime/calls"
OFFER_LIMIT_BYTES = 256 * 1024
SECRET_SECONDS = 600
UNCHANGED = {"type": "realtime"}
"""A session object that sets nothing."""

_EXPIRES_AFTER = record({"anchor": one_of("created_at"), "seconds": integer(10, 7200)})

routes = web.RouteTableDef()


@routes.post("/v1/realtime/client_secrets")
async def mint(request: web.Request) -> web.Response:
    """Make a key for a browser, with the session that it will open."""
    check_server_key(request)
    body = await json_body(request)
    for name in body:
        if name not in ("expires_after", "session"):
            raise ProtocolError(
                f"Unknown parameter: '{name[:100]}'.", code="unknown_parameter", param=name[:100]
            )
    expires_after = _EXPIRES_AFTER(body.get("expires_after") or {}, "expires_after")
    config = _default_config(request).merged(body.get("session", UNCHANGED))
    secret = request.app[RUNNING].secrets.mint(config, expires_after.get("seconds", SECRET_SECONDS))
    session = config.to_wire(new_id("sess"))
    return web.json_response(
        {"value": secret.value, "expires_at": secret.expires_at, "session": session}
    )


@routes.post(CALLS_PATH)
async def connect(request: web.Request) -> web.Response:
    """Answer an SDP offer: raw with either key, or multipart with the server's key."""
    base = session_of_key(request)
    calls = calls_of(request)
    if request.content_type == "application/sdp":
        offer, session = _text(await request.read()), UNCHANGED
    elif request.content_type == "multipart/form-data":
        offer, session = await _multipart(request)
    else:
        raise UnsupportedBody("Send the offer as application/sdp or multipart/form-data.")
    call, answer = await calls.answer(base.merged(session), offer)
    return web.Response(
        status=201,
        text=answer,
        content_type="application/sdp",
        headers={"Location": f"{CALLS_PATH}/{call.id}"},
    )


@routes.post(CALLS_PATH + "/{call_id}/hangup")
async def hang_up(request: web.Request) -> web.Response:
    """End a call."""
    check_server_key(request)
    await calls_of(request).hang_up(request.match_info["call_id"])
    return web.Response()


def session_of_key(request: web.Request) -> SessionConfig:
    """The session that the caller's key stands for.

    Raises:
        KeyRefused: the key is missing, foreign or expired.
        NotReady: the models are still being loaded.
    """
    key = key_of(request)
    if key.startswith(PREFIX):
        return request.app[RUNNING].secrets.check(key).config
    check_server_key(request)
    return _default_config(request)


def _default_config(request: web.Request) -> SessionConfig:
    return SessionConfig.default(MODEL, stages_of(request).voice.voices[0])


async def _multipart(request: web.Request) -> tuple[str, Any]:
    fields = await request.post()
    for name, value in fields.items():
        if name not in ("sdp", "session") or not isinstance(value, (str, bytes, bytearray)):
            raise ProtocolError(
                "Send the fields 'sdp' and 'session' as text, without a file name.",
                param=name[:100],
            )
    if "sdp" not in fields:
        raise ProtocolError(
            "Missing required parameter: 'sdp'.", code="missing_required_parameter", param="sdp"
        )
    offer = _text(fields["sdp"])
    if "session" not in fields:
        return offer, UNCHANGED
    try:
        return offer, json.loads(_text(fields["session"]))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(
            "The field 'session' is not valid JSON.", code="invalid_json", param="session"
        ) from error


def _text(value: Any) -> str:
    if len(value) > OFFER_LIMIT_BYTES:
        raise BodyTooLarge(f"An SDP offer has at most {OFFER_LIMIT_BYTES} bytes.")
    if isinstance(value, str):
        return value
    try:
        return bytes(value).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError("The SDP offer is not UTF-8 text.", code="invalid_offer") from error
