"""How often one address may ask for what somebody could try out: Flask-Limiter, by endpoint.

Counted in Redis where there is one, so that all processes count together; else, and while Redis
is away, each process counts for itself. What a person may use is counted in the database.
"""

from __future__ import annotations

import ipaddress
import time
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RateLimitExceeded

from services.config import Config
from services.errors import TooOften
from services.web.parts import Parts
from services.web.problems import answer

LIMITS = {
    "sign_in.enter": "10 per 3 minutes",
    "sign_in.start": "30 per 3 minutes",
    "sign_in.finish": "30 per 3 minutes",
}
"""By endpoint. Ten tries are enough for a slip of the fingers, and hopeless for guessing."""
LET_IN = "100 per hour"
"""Of those who know the code: an office comes in, but nobody becomes somebody new all the time,
for whom no minute of the day is used up."""
PEOPLE = 12
"""Of one address, who prepare calls as fast as one person may."""
REDIS: dict[str, str | int] = {"socket_connect_timeout": 1, "socket_timeout": 1}
"""Seconds. A machine that has vanished refuses nothing; whoever waits for it, waits for ever."""
SUBNET = 64
"""Bits of an IPv6 address that tell one customer from another; the rest is theirs to choose."""


def init_app(app: Flask) -> None:
    """Count for the views that are registered by now."""
    here: Parts = app.extensions["vivavoce"]
    limiter = Limiter(
        address,
        app=app,
        storage_uri=here.config.redis_url or "memory://",
        storage_options=REDIS if here.config.redis_url else {},
        in_memory_fallback_enabled=True,
        key_prefix="vivavoce",
    )
    app.extensions["vivavoce.limiter"] = limiter
    views: dict[str, Any] = app.view_functions
    for endpoint, rate in (LIMITS | _mints(here.config)).items():
        views[endpoint] = limiter.limit(rate)(views[endpoint])
    # Shared, though with nobody: this is how `forgive` tells it from the tries.
    count = limiter.shared_limit(LET_IN, scope="let-in", deduct_when=_is_let_in)
    views["sign_in.enter"] = count(views["sign_in.enter"])
    app.register_error_handler(RateLimitExceeded, _tell)


def _is_let_in(answer: Response) -> bool:
    return answer.status_code == 303


def _mints(config: Config) -> dict[str, str]:
    """Limit an address where one person may pass for many; an issuer knows who is who."""
    if config.is_personal or config.auth_mode == "oidc":
        return {}
    return {"realtime.open_session": f"{PEOPLE * config.mints_per_minute} per minute"}


def address() -> str:
    """Give the address that asks; of IPv6, the network that one customer has."""
    found = request.remote_addr or ""
    try:
        parsed = ipaddress.ip_address(found)
    except ValueError:
        return found or "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return found
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, SUBNET), strict=False))


def forgive() -> None:
    """Forget how often this address has tried: it has just shown that it knows."""
    limiter: Limiter = current_app.extensions["vivavoce.limiter"]
    for each in limiter.current_limits:
        if not each.shared:
            limiter.limiter.clear(each.limit, *each.request_args)


def _tell(error: RateLimitExceeded) -> Response:
    limiter: Limiter = current_app.extensions["vivavoce.limiter"]
    limit = limiter.current_limit
    seconds = max(1.0, limit.window[0] - time.time()) if limit is not None else 60.0
    minutes = round(seconds / 60) or 1
    wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    return answer(TooOften(f"That was too often. Wait {wait}, then try again.", seconds))
