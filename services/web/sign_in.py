"""Signing in, with a code or by way of an OpenID provider, and signing out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from werkzeug import Response

from services.accounts.attempt import Attempt
from services.accounts.code import admit
from services.accounts.identity import Person
from services.accounts.people import People
from services.errors import AssistantError, InvalidField, NotFound, SignInRefused
from services.web import limits
from services.web.bodies import CONTROL_CHARACTERS
from services.web.cookies import remember, require_user, shown_sign_in, who
from services.web.parts import parts
from services.web.security import own_origin

if TYPE_CHECKING:
    from services.accounts.issuer import Issuer

ATTEMPT_SECONDS = 600
"""So long somebody may take at the issuer, with a password that must be looked up."""
ATTEMPT = "attempt"
"""Name in the cookie, of what came of an attempt to sign in."""
LONGEST_PAGE = 2000
"""Characters of the address to which one returns; it travels in the cookie."""

blueprint = Blueprint("sign_in", __name__)


@blueprint.app_context_processor
def _account() -> dict[str, object]:
    """Let templates ask `account()` who is signed in; None if nobody, or if nobody needs to."""
    return {"account": _signed_in}


@blueprint.get("/sign-in")
def show() -> Response:
    """Ask for the code, or lead to the issuer."""
    page = _page(request.args.get("next"))
    if _signed_in() is not None:
        return redirect(page, 303)
    return _render(page)


@blueprint.post("/sign-in")
def enter() -> Response:
    """Let in whoever knows the code."""
    code = parts().config.access_code
    if parts().config.auth_mode != "code" or code is None:
        raise NotFound("Nobody signs in to this server with a code.")
    page = _page(request.form.get("next"))
    email = request.form.get("email", "")
    try:
        identity = admit(email, request.form.get("code", ""), code)
    except (InvalidField, SignInRefused) as problem:
        if request.accept_mimetypes.best_match(("text/html", "application/json")) != "text/html":
            raise
        return _render(page, email, problem)
    limits.forgive()
    remember(_people().sign_in(identity, shown_sign_in()))
    return redirect(page, 303)


@blueprint.get("/sign-in/start")
def start() -> Response:
    """Send the browser to the issuer."""
    address, attempt = _issuer().begin(own_origin() + url_for("sign_in.finish"))
    session[ATTEMPT] = asdict(attempt) | {"page": _page(request.args.get("next")), "at": _now()}
    return redirect(address, 303)


@blueprint.get("/sign-in/callback")
def finish() -> Response:
    """Let in whoever comes back from the issuer with a good answer."""
    issuer = _issuer()
    # Taken out at once: an answer counts a single time.
    kept = session.pop(ATTEMPT, None)
    if not isinstance(kept, dict) or _now() - kept.pop("at", 0) > ATTEMPT_SECONDS:
        raise SignInRefused("This browser has not begun to sign in, or too long ago. Begin again.")
    page = _page(kept.pop("page", None))
    remember(_people().sign_in(issuer.finish(Attempt(**kept), request.args.to_dict())))
    return redirect(page, 303)


@blueprint.post("/sign-out")
def leave() -> Response:
    """Sign out in this browser."""
    return _sign_out(everywhere=False)


@blueprint.post("/sign-out/everywhere")
def leave_everywhere() -> Response:
    """Sign out in all browsers in which the same person is signed in."""
    return _sign_out(everywhere=True)


def _sign_out(*, everywhere: bool) -> Response:
    require_user()
    people, person = _people(), who()
    if person is not None:
        people.sign_out(person, everywhere=everywhere)
    session.clear()
    answer = redirect(url_for("sign_in.show"), 303)
    # What pages keep in the browser, such as words not sent yet, is for nobody else to find.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _signed_in() -> Person | None:
    return who() if parts().people is not None else None


def _people() -> People:
    people = parts().people
    if people is None:
        raise NotFound("This server is open: nobody has to sign in.")
    return people


def _issuer() -> Issuer:
    issuer = parts().issuer
    if issuer is None:
        raise NotFound("Nobody signs in to this server by way of somebody else.")
    return issuer


def _now() -> int:
    """Give the seconds since 1970."""
    return int(parts().clock().timestamp())


def _page(wanted: object) -> str:
    """Take the address of a page of ours; anything else becomes the first page."""
    if not isinstance(wanted, str) or len(wanted) > LONGEST_PAGE:
        return "/"
    # Browsers take a backslash for a slash, and //host for another site.
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if not is_ours or CONTROL_CHARACTERS.search(wanted) or not wanted.isprintable():
        return "/"
    return wanted if not wanted.startswith("/sign-") else "/"


def _render(page: str, email: str = "", problem: AssistantError | None = None) -> Response:
    config = parts().config
    rendered = render_template(
        "sign_in/index.html",
        mode=config.auth_mode,
        issuer=urlsplit(config.oidc_issuer or "").hostname,
        page=page,
        email=email,
        problem=problem,
        wrong="email" if isinstance(problem, InvalidField) else "code",
    )
    return make_response(rendered, problem.status if problem else 200)
