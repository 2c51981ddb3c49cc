"""Knows who asks: by a signed cookie that holds the id of a sign-in, or of a browser if `open`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, current_app, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import (  # type: ignore[import-untyped]
    LoginManager,
    UserMixin,
    current_user,
    login_user,
)

from services.accounts.code import mark_of
from services.accounts.identity import Person
from services.errors import NoUser, SignInNeeded
from services.storage.users import new_user_id
from services.web.parts import Parts, parts
from services.web.secret_key import key_beside

LIFETIME = timedelta(days=365)
"""Renewed with each page."""
CODE = "code"
"""Name in the cookie, of the mark of the code with which somebody came in."""
SIGN_IN = "_user_id"
"""Name in the cookie under which Flask-Login keeps the sign-in."""


class UserCookie(SecureCookieSessionInterface):
    """Flask's signed cookie; behind https it is bound to this host and never sent without TLS."""

    def get_cookie_name(self, app: Flask) -> str:
        """Use the prefix that browsers enforce where they do."""
        return "__Host-vivavoce" if request.is_secure else "vivavoce"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Follow the request."""
        return request.is_secure


@dataclass(frozen=True, eq=False)
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """A person, as Flask-Login wants them."""

    person: Person

    def get_id(self) -> str:
        """Give what the cookie holds: the sign-in, which can be ended, and not the person."""
        return self.person.sign_in_id or ""


def init_app(app: Flask) -> None:
    """Sign and read the cookie of this program."""
    here: Parts = app.extensions["vivavoce"]
    app.session_interface = UserCookie()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # Pages renew the cookie; the answer to a heartbeat or a stylesheet need not.
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )
    app.secret_key = here.config.secret_key or key_beside(here.database.file)
    manager = LoginManager()
    # It would compare addresses and browsers, which change on the way through a town.
    manager.session_protection = None
    manager.user_loader(_load)
    # Not by `init_app`, which looks after a second cookie in each answer, also in those that no
    # cookie should vary. There is no second cookie.
    app.login_manager = manager  # type: ignore[attr-defined]


def greet_user() -> str:
    """Give the user's id on a page, and renew the cookie; if `open`, a new browser gets one.

    The answer to a part of a page renews nothing: it may arrive when somebody else has signed in.

    Raises:
        NoUser: a part of a page was asked for, and no page has been visited.
        SignInNeeded: nobody is served without.
    """
    if "HX-Request" in request.headers:
        return require_user()
    if parts().config.auth_mode == "open":
        session.setdefault("user", new_user_id())
    user_id = require_user()
    session.permanent = True
    session.modified = True
    return user_id


def require_user() -> str:
    """Give the user's id on any other route.

    Raises:
        NoUser: no page has been visited.
        SignInNeeded: nobody is served without.
    """
    person = who()
    if person is not None:
        return person.user_id
    if parts().config.auth_mode == "open":
        raise NoUser("This browser is not known here yet. Open the page / first; allow cookies.")
    raise SignInNeeded("Sign in to go on.")


def who() -> Person | None:
    """Give whoever asks; None if that is nobody we know."""
    config = parts().config
    if config.auth_mode != "open":
        return current_user.person if current_user.is_authenticated else None
    user_id = session.get("user")
    return Person(user_id, is_owner=config.is_personal) if isinstance(user_id, str) else None


def is_owner() -> bool:
    """Tell whether whoever asks may see what concerns everybody."""
    person = who()
    return person is not None and person.is_owner


def remember(person: Person) -> None:
    """Begin anew with somebody who has just signed in: nothing of the old cookie stays."""
    session.clear()
    session.permanent = True
    session[CODE] = _code_mark()
    login_user(SignedIn(person))


def shown_sign_in() -> str | None:
    """Give the sign-in that the cookie holds, also one by a code that is no longer right."""
    found = session.get(SIGN_IN)
    return found if isinstance(found, str) else None


def _code_mark() -> str | None:
    config = parts().config
    if config.auth_mode != "code" or config.access_code is None:
        return None
    key = current_app.secret_key
    assert key is not None
    return mark_of(config.access_code, key.encode() if isinstance(key, str) else key)


def _load(sign_in_id: str) -> SignedIn | None:
    # Whoever came in by another code has to show the new one.
    if session.get(CODE) != _code_mark():
        return None
    people = parts().people
    person = people.find(sign_in_id) if people is not None else None
    return SignedIn(person) if person is not None else None
