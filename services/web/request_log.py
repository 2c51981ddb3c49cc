"""Gives every request an id and leaves one line about it in the log."""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET = ("static", "health.healthz", "health.readyz")
"""Endpoints whose success is no news."""

log = logging.getLogger("vivavoce.request")


def init_app(app: Flask) -> None:
    """Watch all requests of this program."""
    # Flask calls these in reverse order, so this one, registered first, sees the final answer.
    app.before_request(_begin)
    app.after_request(_finish)


def request_id() -> str:
    """Give the id of this request, the sender's own if that is sane."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if SANE_ID.fullmatch(given) else secrets.token_hex(8)
    identity: str = g.request_id
    return identity


def _begin() -> None:
    g.started = time.perf_counter()
    request_id()


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    started = g.get("started", time.perf_counter())
    level = logging.DEBUG if request.endpoint in QUIET and response.status_code < 400 else None
    log.log(
        level or logging.INFO,
        "request",
        # The path only: a query may hold what somebody searched for.
        extra={
            "method": request.method,
            "path": request.path[:200].encode("unicode_escape").decode(),
            "status": response.status_code,
            "ms": round(1000 * (time.perf_counter() - started), 1),
        },
    )
    return response
