"""Whose page it is that asks: not always the person whose cookie the browser has by now."""

from __future__ import annotations

import hashlib

from flask import Flask, request

from services.errors import SignInNeeded
from services.web.cookies import who

HEADER = "Vivavoce-Person"
"""Told by the talk page with each request: the label with which it was rendered."""


def label_of(user_id: str) -> str:
    """Tell people apart who share a browser: what one of them said there is sent by no other."""
    return hashlib.sha256(user_id.encode()).hexdigest()[:16]


def init_app(app: Flask) -> None:
    """Do nothing in the name of somebody who has signed in beside a page that is still open."""
    app.before_request(_refuse_others)


def _refuse_others() -> None:
    told = request.headers.get(HEADER)
    person = who() if told else None  # nobody at all is refused where it matters
    if person is not None and told != label_of(person.user_id):
        raise SignInNeeded("Somebody else is signed in here now. Load the page again.")
