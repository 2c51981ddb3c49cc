"""Knows the same browser again: a signed cookie with a random user id, and nothing else."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface

from services.errors import ConfigError, NoUser
from services.web.parts import Parts

LIFETIME = timedelta(days=365)
"""Renewed with each page."""
KEY_BYTES = 32


class UserCookie(SecureCookieSessionInterface):
    """Flask's signed cookie; behind https it is bound to this host and never sent without TLS."""

    def get_cookie_name(self, app: Flask) -> str:
        """Use the prefix that browsers enforce where they do."""
        return "__Host-vivavoce" if request.is_secure else "vivavoce"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Follow the request."""
        return request.is_secure


def init_app(app: Flask) -> None:
    """Sign and read the cookie of this program."""
    parts: Parts = app.extensions["vivavoce"]
    app.session_interface = UserCookie()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # Pages renew the cookie; the answer to a heartbeat or a stylesheet need not.
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )
    file = parts.database.file
    app.secret_key = parts.config.secret_key or _key_beside(file)


def greet_user() -> str:
    """Give the user's id on a page; a new browser gets one, and the cookie is renewed."""
    user_id: str = session.setdefault("user", secrets.token_urlsafe(16))
    session.permanent = True
    session.modified = True
    return user_id


def require_user() -> str:
    """Give the user's id on any other route.

    Raises:
        NoUser: no page has been visited.
    """
    user_id = session.get("user")
    if not isinstance(user_id, str):
        raise NoUser("This browser is not known here yet. Open the page / first; allow cookies.")
    return user_id


def _key_beside(database: Path | None) -> str:
    """Read the key file beside the database, or make it, readable by its owner only."""
    if database is None:
        raise ConfigError("SECRET_KEY: must be set when DATABASE_URL is not SQLite")
    file = database.with_name("secret_key")
    try:
        if not file.exists():
            _create(file)
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise ConfigError(f"SECRET_KEY: cannot keep one in {file}: {error.strerror}") from error


def _create(file: Path) -> None:
    """Write a new key; of several processes that do so at once, one wins."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(KEY_BYTES))
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
