"""People, as rows."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from services.storage.models import User
from services.storage.upsert import insert

ID_BYTES = 16


def new_user_id() -> str:
    """Make up an id that nobody can guess."""
    return secrets.token_urlsafe(ID_BYTES)


def ensure_user(session: Session, user_id: str, now: datetime) -> None:
    """Make a row for this person unless there is one."""
    statement = insert(session, User).values(id=user_id, created_at=now)
    session.execute(statement.on_conflict_do_nothing(index_elements=[User.id]))


def create_user(session: Session, label: str, now: datetime) -> str:
    """Make a row for somebody of whom no more is known than what they call themselves."""
    user = User(id=new_user_id(), label=label, created_at=now)
    session.add(user)
    session.flush()
    return user.id


def enter_user(session: Session, issuer: str, subject: str, label: str, now: datetime) -> str:
    """Give the id of somebody whom an issuer vouches for; make a row the first time.

    Args:
        session: of the database.
        issuer: who vouches.
        subject: the person's name there, which never changes.
        label: what to call them; it may change.
        now: in UTC.
    """
    row = {"id": new_user_id(), "issuer": issuer, "subject": subject, "label": label}
    statement = insert(session, User).values(**row, created_at=now)
    # One statement, as the same person may sign in twice at once.
    entered = statement.on_conflict_do_update(
        index_elements=[User.issuer, User.subject], set_={"label": label}
    ).returning(User.id)
    return session.scalars(entered).one()
