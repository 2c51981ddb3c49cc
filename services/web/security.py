"""Who may ask, and what browsers are told to refuse.

Source: https://owasp.org/www-project-application-security-verification-standard/ (5.0, V3)
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf import CSRFProtect  # type: ignore[import-untyped]
from werkzeug.middleware.proxy_fix import ProxyFix

from services.access import LOOPBACK
from services.errors import HostRefused, InvalidField, NotFound, OriginRefused
from services.web.parts import Parts

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it browsers send "Origin: null" from our own forms and from requests
    # in same-origin mode. Nothing leaves for other sites with this one either.
    # Source: https://fetch.spec.whatwg.org/#append-a-request-origin-header
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "microphone=(self), speaker-selection=(self), camera=(), geolocation=(), display-capture=()"
    ),
}
FILE_HEADERS = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")
"""Of scripts and style sheets; the others are for documents and workers, and there is no worker."""
HSTS = "max-age=63072000; includeSubDomains"
"""Two years."""
FORWARDING = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-Ip",
)
"""Headers that proxies add."""
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""Content types that another site's form can send without asking us first."""

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Guard this program."""
    parts: Parts = app.extensions["vivavoce"]
    proxies = parts.config.trusted_proxies
    if proxies:
        # Of X-Forwarded-For, what the last proxies added; a browser may have written the rest.
        # X-Forwarded-Proto is replaced by each and not added to, so it is the nearest one's word.
        # X-Forwarded-Host is never read: each proxy passes on the Host that was asked for.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=1)  # type: ignore[method-assign]
    app.before_request(_check_address)
    if parts.config.is_personal:
        app.before_request(_check_host)
    app.config.update(
        # The token is checked here, after the origin, and only where a form can be sent.
        WTF_CSRF_CHECK_DEFAULT=False,
        # A page may stay open for days; the token lives as long as the cookie.
        WTF_CSRF_TIME_LIMIT=None,
        # Which host may ask is decided by the Origin header, below.
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.before_request(_check_origin)
    app.after_request(_harden)


def was_forwarded() -> bool:
    """Tell whether a proxy has passed this request on, as far as that can be seen."""
    # nginx adds no header unless it is told to, but as it is installed it speaks HTTP/1.0, which
    # no browser does. Source: https://nginx.org/en/docs/http/ngx_http_proxy_module.html
    is_old = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    return is_old or any(name in request.headers for name in FORWARDING)


def _check_address() -> None:
    """Let no id with a NUL reach the database: PostgreSQL takes it for a mistake of ours.

    Raises:
        NotFound: nothing of ours has such a name.
        InvalidField: nothing of ours is asked for like that, but what is searched for may be.
    """
    if "\0" in request.path:
        raise NotFound("There is nothing at this address.")
    if any("\0" in value for name, value in request.args.items(multi=True) if name != "q"):
        raise InvalidField("query", "must not hold a NUL")


def _check_host() -> None:
    """Serve this machine only, and under its own names.

    Another site may let its name point to 127.0.0.1 and would then be of the same origin.
    TRUSTED_HOSTS would do, but in werkzeug 3.1 no IPv6 address in it ever matches.

    The name is what whoever asks says; so where they ask from counts as well, as gunicorn may
    have been told to listen beyond HOST, and a proxy beside us may make up any name.

    Raises:
        HostRefused: asked under another name, from elsewhere, or by way of a proxy.
    """
    is_ours = urlsplit(f"//{request.host}").hostname in LOOPBACK
    if not is_ours or not _is_near(request.remote_addr) or was_forwarded():
        raise HostRefused(
            "This server answers on its own machine only, as 127.0.0.1 or localhost and without "
            "a proxy. To serve it to others, set AUTH_MODE=code or AUTH_MODE=oidc, or ALLOW_OPEN=1."
        )


def _is_near(address: str | None) -> bool:
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return True  # a Unix socket, which has none or a path
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def _check_origin() -> None:
    """Refuse to change anything for another site.

    Raises:
        OriginRefused: a JSON route was asked without our own origin, or a form from another one.
    """
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    if request.mimetype in FORM_TYPES and not request.path.startswith("/api/"):
        if origin not in (None, "null", own_origin()):
            raise OriginRefused("This form was sent from another site.")
        csrf.protect()
    elif origin != own_origin():
        raise OriginRefused(
            f"This request must come from the page at {own_origin()} and say so in its Origin "
            "header. Behind a proxy, the proxy must pass on Host and X-Forwarded-Proto, and "
            "TRUSTED_PROXIES must say so."
        )


def own_origin() -> str:
    """Give the origin under which this request reached us."""
    return f"{request.scheme}://{request.host}"


def _harden(response: Response) -> Response:
    is_part = request.endpoint == "static" and response.mimetype in ("text/css", "text/javascript")
    for name in FILE_HEADERS if is_part else HEADERS:
        response.headers.setdefault(name, HEADERS[name])
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("HX-Request")
    return response
