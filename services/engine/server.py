"""The engine's HTTP server, put together from its routes."""

from __future__ import annotations

from aiohttp import web

from services.engine import audio_routes, cross_origin, realtime_routes, socket_routes
from services.engine.config import EngineConfig
from services.engine.http import (
    MODEL,
    RUNNING,
    Running,
    check_server_key,
    errors_as_json,
    stages_of,
)
from services.engine.secrets import Secrets

BODY_LIMIT_BYTES = 26 * 1024 * 1024
"""The largest body is an audio file of 25 MB and its form around it."""

routes = web.RouteTableDef()


@routes.get("/healthz")
async def health(request: web.Request) -> web.Response:
    """Say whether calls can be taken."""
    calls = request.app[RUNNING].calls
    if calls is None:
        return web.json_response({"status": "loading"}, status=503)
    return web.json_response({"status": "ok", "calls": len(calls)})


@routes.get("/v1/models")
async def models(request: web.Request) -> web.Response:
    """List the one model of this server, the models behind it, and its voices."""
    check_server_key(request)
    stages = stages_of(request)
    entry = {"id": MODEL, "object": "model", "created": 0, "owned_by": "vivavoce"}
    return web.json_response(
        {
            "object": "list",
            "data": [entry],
            "voices": list(stages.voice.voices),
            "stages": stages.models,
        }
    )


def create_server(config: EngineConfig) -> web.Application:
    """Put the server together; it takes calls once `app[RUNNING].begin` was given the stages."""
    app = web.Application(
        middlewares=[cross_origin.share_with_pages, errors_as_json],
        client_max_size=BODY_LIMIT_BYTES,
    )
    app[RUNNING] = Running(config, Secrets())
    app.add_routes(routes)
    app.add_routes(realtime_routes.routes)
    app.add_routes(socket_routes.routes)
    app.add_routes(cross_origin.routes)
    app.add_routes(audio_routes.routes)
    # On shutdown, not on clean-up: before that the server waits for its open sockets to end.
    app.on_shutdown.append(_end_calls)
    app.on_cleanup.append(_close_stages)
    return app


async def _end_calls(app: web.Application) -> None:
    # Without an open one it is empty, and so falsy; some may be ending all the same.
    if (calls := app[RUNNING].calls) is not None:
        await calls.close()


async def _close_stages(app: web.Application) -> None:
    if (stages := app[RUNNING].stages) is not None:
        await stages.close()
