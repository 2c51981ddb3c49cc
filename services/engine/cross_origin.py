"""Lets pages of other origins post their offer: with a key of ours, which is all that they need.

Only the answer to a browser's key is shared. A server's key has no business in a page.
Source: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from services.engine.realtime_routes import CALLS_PATH
from services.engine.secrets import PREFIX

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
"""No cookie counts here: whoever holds the key may use it."""
ALLOWED = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-OpenAI-Agents-SDK",
    "Access-Control-Max-Age": "7200",
}
EXPOSED = {"Access-Control-Expose-Headers": "Location"}
"""The id of the call is its last segment."""

routes = web.RouteTableDef()


@routes.options(CALLS_PATH)
async def preflight(request: web.Request) -> web.Response:
    """Say to a browser what a page may send; the question carries no key yet."""
    return web.Response(status=204, headers=ANY_ORIGIN | ALLOWED)


@web.middleware
async def share_with_pages(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Let the page that presents a browser's key read the answer, refusals included."""
    response = await handler(request)
    by_browser = request.headers.get("Authorization", "").startswith(f"Bearer {PREFIX}")
    if request.path == CALLS_PATH and by_browser and "Origin" in request.headers:
        response.headers.update(ANY_ORIGIN | EXPOSED)
    return response
