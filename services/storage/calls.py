"""Calls, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session, defer

from services.errors import NotFound
from services.storage.models import Call

LIVE = (Call.connected_at.is_not(None), Call.ended_at.is_(None))

# Built once: it is asked with each key and each heartbeat, and takes longer to build than to run.
_SINCE = (
    select(Call)
    .options(defer(Call.session))  # long, and of no use here
    .where(
        Call.user_id == bindparam("whose"),
        Call.connected_at.is_not(None),
        or_(Call.ended_at.is_(None), Call.ended_at >= bindparam("start")),
    )
)


@dataclass(frozen=True)
class EndedCall:
    """What it takes to hang up."""

    id: str
    provider: str
    provider_call_id: str | None


def get_call(session: Session, user_id: str, call_id: str, *, to_change: bool = False) -> Call:
    """Find somebody's call.

    Args:
        session: of a transaction.
        user_id: whose call.
        call_id: which one.
        to_change: nobody else may change it until the transaction ends.

    Raises:
        NotFound: there is none, or it is not theirs.
    """
    call = session.get(Call, call_id, with_for_update=to_change or None)
    if call is None or call.user_id != user_id:
        raise NotFound("There is no such call.")
    return call


def calls_since(session: Session, user_id: str, start: datetime) -> list[Call]:
    """Give the connected calls that were going on at or after start."""
    return list(session.scalars(_SINCE, {"whose": user_id, "start": start}))


def is_anything_due(session: Session, now: datetime, lost_before: datetime | None) -> bool:
    """Say whether there is a call for `end_due`."""
    due = Call.ends_at <= now
    if lost_before is not None:
        due = or_(due, Call.last_seen_at < lost_before)
    return bool(session.scalar(select(exists().where(*LIVE, due))))


def end_due(session: Session, now: datetime, lost_before: datetime | None) -> list[EndedCall]:
    """End the calls of everybody that are over by their time or silent; each is given out once.

    Args:
        session: of a transaction that writes.
        now: aware.
        lost_before: a call of which nobody heard since is lost; None: that cannot be told now.
    """
    ended = end_lost(session, lost_before) if lost_before is not None else []
    # The version before does not say why it has set an end.
    reason = func.coalesce(Call.end_reason, "limit")
    return ended + _end(session, Call.ends_at <= now, Call.ends_at, reason)


def end_lost(
    session: Session, lost_before: datetime, user_id: str | None = None
) -> list[EndedCall]:
    """End silent calls, of everybody or of one person; they count until they were heard of."""
    is_lost = Call.last_seen_at < lost_before
    whose = is_lost if user_id is None else is_lost & (Call.user_id == user_id)
    return _end(session, whose, Call.last_seen_at, "lost")


def _end(
    session: Session,
    which: ColumnElement[bool],
    ended_at: ColumnElement[datetime | None] | object,
    reason: ColumnElement[str] | str,
) -> list[EndedCall]:
    ended = session.execute(
        update(Call)
        .where(*LIVE, which)
        .values(ended_at=ended_at, end_reason=reason)
        .returning(Call.id, Call.provider, Call.provider_call_id),
        execution_options={"synchronize_session": False},
    )
    return [EndedCall(*row) for row in ended]
