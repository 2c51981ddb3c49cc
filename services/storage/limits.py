"""Limits on calls, counted in the statement that would pass them.

SQLite has one writer at a time. On PostgreSQL two transactions would both count before either has
written, so each first takes the row of the person whose calls it counts; what others committed
before that is counted.
Source: https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, distinct, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from services.storage.calls import LIVE, calls_since
from services.storage.models import Call, User
from services.storage.usage import spent_on

MINUTE = timedelta(minutes=1)
MOST_OF_ONE = 2
"""Live calls of one conversation: the second one takes over from the first."""
TAKE_OVER = timedelta(seconds=60)
"""Then the first one ends at the latest; its page waits some seconds for the end of a sentence."""


@dataclass(frozen=True)
class CallLimits:
    """What one person may do."""

    at_once: int
    """Conversations with a live call."""
    per_minute: int
    """Calls that are prepared in any sixty seconds."""


def lock_user(session: Session, user_id: str) -> None:
    """Let nobody else count this person's calls until the transaction ends."""
    if session.get_bind().dialect.name == "sqlite":
        return
    session.execute(
        select(User.id).where(User.id == user_id).with_for_update(key_share=True)
    ).first()


def enter_call(
    session: Session, values: Mapping[str, Any], limits: CallLimits, now: datetime
) -> bool:
    """Write down a new call, unless that passes a limit; `lock_user` comes before.

    Args:
        session: of a transaction that writes.
        values: of its columns; `user_id` and `conversation_id` are among them.
        limits: what this person may do.
        now: aware.

    Returns:
        False: a limit is reached, nothing was written.
    """
    found = session.execute(
        _entering(tuple(values)),
        {
            **{f"its_{name}": value for name, value in values.items()},
            "whose": values["user_id"],
            "talk": values["conversation_id"] or "",
            "since": now - MINUTE,
            "at_once": limits.at_once,
            "per_minute": limits.per_minute,
        },
    )
    return found.first() is not None


def claim_call(
    session: Session, call: Call, now: datetime, end: tuple[datetime, str], at_once: int
) -> bool:
    """Mark a call as connected, unless that passes a limit; `lock_user` comes before.

    Args:
        session: of a transaction that writes.
        call: which one.
        now: aware.
        end: when it ends, if nobody ends it before, and why.
        at_once: how many conversations may have a live call.

    Returns:
        False: it was connected or ended before, or too many are going on.
    """
    claimed = session.execute(
        _CLAIMING.values(connected_at=now, last_seen_at=now, ends_at=end[0], end_reason=end[1]),
        {
            "call": call.id,
            "whose": call.user_id,
            "talk": call.conversation_id or "",
            "at_once": at_once,
        },
        execution_options={"synchronize_session": False},
    ).first()
    if claimed is not None:
        _end_others(session, call, now + TAKE_OVER)
    return claimed is not None


def _end_others(session: Session, call: Call, at: datetime) -> None:
    """See that the call from which this one takes over ends, whether its page helps or not."""
    session.execute(
        update(Call)
        .where(
            *LIVE,
            Call.user_id == call.user_id,
            Call.conversation_id == (call.conversation_id or ""),
            Call.id != call.id,
            Call.ends_at > at,
        )
        .values(ends_at=at, end_reason="user"),
        execution_options={"synchronize_session": False},
    )


def seconds_to_next(session: Session, user_id: str, per_minute: int, now: datetime) -> float:
    """Say in how many seconds another call may be prepared; 0: now."""
    since = now - MINUTE
    oldest_that_counts = session.scalar(
        select(Call.created_at)
        .where(Call.user_id == user_id, Call.created_at > since)
        .order_by(Call.created_at.desc())
        .offset(per_minute - 1)
        .limit(1)
    )
    return 0.0 if oldest_that_counts is None else (oldest_that_counts - since).total_seconds()


def read_today(session: Session, user_id: str, midnight: datetime) -> tuple[tuple[Call, ...], int]:
    """Give a person's connected calls of a day, and what everybody spent in it (millionths)."""
    return tuple(calls_since(session, user_id, midnight)), spent_on(session, midnight.date())


# Built once: SQLAlchemy takes longer to build a statement of this size than SQLite to run it.

_other = Call.__table__.alias("other")
_is_theirs = _other.c.user_id == bindparam("whose")
_is_live = _other.c.connected_at.is_not(None) & _other.c.ended_at.is_(None)
_of_what = func.coalesce(_other.c.conversation_id, _other.c.id)
_OTHERS_AT_ONCE = (
    select(func.count(distinct(_of_what)))
    .where(_is_theirs, _is_live, _of_what != bindparam("talk"))
    .scalar_subquery()
)
_LIVE_IN = (
    select(func.count(_other.c.id))
    .where(_is_theirs, _is_live, _other.c.conversation_id == bindparam("talk"))
    .scalar_subquery()
)
_MINTED = (
    select(func.count(_other.c.id))
    .where(_is_theirs, _other.c.created_at > bindparam("since"))
    .scalar_subquery()
)
_CLAIMING = (
    update(Call)
    .where(
        Call.id == bindparam("call"),
        Call.connected_at.is_(None),
        Call.ended_at.is_(None),
        _OTHERS_AT_ONCE < bindparam("at_once"),
        _LIVE_IN < MOST_OF_ONE,
    )
    .returning(Call.id)
)


@cache
def _entering(names: tuple[str, ...]) -> ReturningInsert[tuple[str]]:
    """Insert values of these columns, if `_OTHERS_AT_ONCE` and `_MINTED` allow it."""
    table = cast(Table, Call.__table__)
    row = select(*(bindparam(f"its_{name}", type_=table.c[name].type) for name in names)).where(
        _OTHERS_AT_ONCE < bindparam("at_once"), _MINTED < bindparam("per_minute")
    )
    return insert(table).from_select(names, row).returning(table.c.id)
