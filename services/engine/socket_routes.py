"""The WebSocket of the Realtime API: `GET /v1/realtime?model=`, with either kind of key.

As at OpenAI, what is wrong with the request is told after the handshake, in one `error` event and
a close code: a browser would not see the status of a handshake that failed.
"""

from __future__ import annotations

import logging

from aiohttp import WSCloseCode, web

from services.engine.errors import EngineError, ProtocolError
from services.engine.http import calls_of
from services.engine.media.socket import Socket
from services.engine.protocol.config import SessionConfig
from services.engine.protocol.ids import new_id
from services.engine.protocol.wire import to_text
from services.engine.realtime_routes import session_of_key

PROTOCOL = "realtime"
FRAME_LIMIT_BYTES = 15 * 1024 * 1024
PING_SECONDS = 20.0
"""A client that does not answer within half of it is gone."""
FAREWELL_SECONDS = 2.0
"""How long a client is waited for that was told to go."""
CLOSE_CODES = {401: 3000, 503: int(WSCloseCode.TRY_AGAIN_LATER)}
"""By the status that the same failure has over HTTP; all others are 4000, a bad request.
Source: the live API, which closes with 3000 for a key and 4000 for a request that it refuses."""
BAD_REQUEST = 4000

log = logging.getLogger(__name__)

routes = web.RouteTableDef()


@routes.get("/v1/realtime")
async def talk(request: web.Request) -> web.WebSocketResponse:
    """Carry a call over a WebSocket."""
    # Not compressed: most of it is sound, and packing it would cost more than it saves.
    socket = web.WebSocketResponse(
        protocols=(PROTOCOL,),
        timeout=FAREWELL_SECONDS,
        heartbeat=PING_SECONDS,
        max_msg_size=FRAME_LIMIT_BYTES,
        compress=False,
    )
    await socket.prepare(request)
    try:
        config = _session(request)
        await calls_of(request).carry(config, Socket(socket, request.transport))
    except EngineError as error:
        log.info("a socket was refused: %s", error.message)
        await _refuse(socket, error)
    return socket


def _session(request: web.Request) -> SessionConfig:
    config = session_of_key(request)
    for name in request.query:
        if name != "model":
            raise ProtocolError(
                f"Unknown parameter: '{name[:100]}'; this server takes 'model'.",
                code="unknown_parameter",
                param=name[:100],
            )
    if model := request.query.get("model"):
        return config.merged({"type": "realtime", "model": model})
    return config


async def _refuse(socket: web.WebSocketResponse, error: EngineError) -> None:
    event = {"type": "error", "event_id": new_id("event")}
    await socket.send_str(to_text(event | {"error": error.to_wire() | {"event_id": None}}))
    await socket.close(code=CLOSE_CODES.get(error.status, BAD_REQUEST))
