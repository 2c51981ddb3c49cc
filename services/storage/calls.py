"""Calls, as rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from services.errors import NotFound
from services.storage.models import Call

NEVER_CONNECTED = timedelta(hours=1)
"""After this long a call that was never connected is swept away; its key lived for a minute."""


def get_call(session: Session, user_id: str, call_id: str) -> Call:
    """Find somebody's call.

    Raises:
        NotFound: there is none, or it is not theirs.
    """
    call = session.get(Call, call_id)
    if call is None or call.user_id != user_id:
        raise NotFound("There is no such call.")
    return call


def claim_call(session: Session, call_id: str, now: datetime, ends_at: datetime) -> bool:
    """Mark a call as connected; False if an offer came before."""
    claimed = session.execute(
        update(Call)
        .where(Call.id == call_id, Call.connected_at.is_(None), Call.ended_at.is_(None))
        .values(connected_at=now, last_seen_at=now, ends_at=ends_at)
        .returning(Call.id)
    ).first()
    return claimed is not None


def calls_since(session: Session, user_id: str, start: datetime) -> list[Call]:
    """Give the connected calls that were going on at or after start."""
    found = session.scalars(
        select(Call).where(
            Call.user_id == user_id,
            Call.connected_at.is_not(None),
            or_(Call.ended_at.is_(None), Call.ended_at >= start),
        )
    )
    return list(found)


def sweep_calls(session: Session, user_id: str, now: datetime) -> None:
    """Delete calls whose offer never came."""
    session.execute(
        delete(Call).where(
            Call.user_id == user_id,
            Call.connected_at.is_(None),
            Call.created_at < now - NEVER_CONNECTED,
        ),
        execution_options={"synchronize_session": False},
    )
