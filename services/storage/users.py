"""People, as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.storage.models import User
from services.storage.upsert import insert


def ensure_user(session: Session, user_id: str, now: datetime) -> None:
    """Make a row for this person unless there is one."""
    statement = insert(session, User).values(id=user_id, created_at=now)
    session.execute(statement.on_conflict_do_nothing(index_elements=[User.id]))
