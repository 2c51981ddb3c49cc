"""Sign-ins, as rows: one for each time that somebody signed in and has not signed out."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.storage.models import SignIn, User

ID_BYTES = 24


def begin_sign_in(session: Session, user_id: str, now: datetime) -> str:
    """Note that somebody has signed in; give the id that their browser shows from now on."""
    sign_in = SignIn(id=secrets.token_urlsafe(ID_BYTES), user_id=user_id, created_at=now)
    session.add(sign_in)
    return sign_in.id


def find_sign_in(session: Session, sign_in_id: str) -> tuple[SignIn, User] | None:
    """Give a sign-in with its person; None if it has ended."""
    found = session.execute(
        select(SignIn, User).join(User, User.id == SignIn.user_id).where(SignIn.id == sign_in_id)
    ).first()
    return (found[0], found[1]) if found else None


def continue_sign_in(session: Session, sign_in_id: str, label: str) -> str | None:
    """End a sign-in for which nobody vouched, and give who had it, for them to begin another.

    Returns:
        None: it has ended, or is not of somebody who calls themselves so.
    """
    found = find_sign_in(session, sign_in_id)
    if found is None or found[1].issuer is not None:
        return None
    if (found[1].label or "").casefold() != label.casefold():
        return None
    end_sign_in(session, sign_in_id)
    return found[1].id


def renew_sign_in(session: Session, sign_in_id: str, now: datetime) -> None:
    """Note that one is in use: it counts as begun now."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(created_at=now))


def end_sign_in(session: Session, sign_in_id: str) -> None:
    """End one; twice is as good as once."""
    session.execute(delete(SignIn).where(SignIn.id == sign_in_id))


def end_sign_ins(session: Session, user_id: str, *, before: datetime | None = None) -> None:
    """End all of a person, or those that began before a time."""
    statement = delete(SignIn).where(SignIn.user_id == user_id)
    if before is not None:
        statement = statement.where(SignIn.created_at < before)
    session.execute(statement, execution_options={"synchronize_session": False})
