"""How it went over some days: waiting times, talking times and failures, counted by the database.

A day is a day of UTC, told by its number since 1970-01-01. A percentile is the smallest measured
value that so many per cent of all values do not exceed (nearest rank), on both databases alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, groupby
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    cast,
    extract,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.storage.models import Call, User
from services.storage.records import DaySpent, Failure, Timing, UsageRecord

STAGES = ("mint", "connect", "first_word", "first_sound")
"""What one waits for, in order; columns of `timings` without their unit."""
EPOCH = date(1970, 1, 1)
DAY_SECONDS = 86_400
Rows = Select[*tuple[Any, ...]]
Question = TypeVar("Question", bound=Rows)
MOST_PEOPLE = 200
"""Rows of the table of people."""


@dataclass(frozen=True)
class Scope:
    """Which rows are looked at."""

    since: datetime
    """Aware."""
    user_id: str | None
    """None: everybody's."""

    @property
    def first_day(self) -> date:
        """Give the day on which it begins."""
        return self.since.astimezone(UTC).date()


@dataclass(frozen=True)
class Latency:
    """Percentiles of one stage in one mode of one provider."""

    stage: str
    mode: str
    provider: str
    day: date | None
    """None: of all days together."""
    count: int
    p50_ms: int
    p95_ms: int


@dataclass(frozen=True)
class DayOfUse:
    """What was used on a day."""

    day: date
    calls: int
    seconds: int
    micro_usd: int | None
    """None: nothing with a known price was used."""


@dataclass(frozen=True)
class PersonsUse:
    """What one person used."""

    user_id: str
    label: str | None
    """What they call themselves; None: nobody asked."""
    calls: int
    seconds: int
    micro_usd: int | None
    """As of a day."""


@dataclass(frozen=True)
class FailureCount:
    """How often a failure was met."""

    code: str
    count: int
    last_at: datetime


def latencies(
    session: Session, scope: Scope, *, by_day: bool, stages: Sequence[str] = STAGES
) -> list[Latency]:
    """Give the percentiles of these stages."""
    keys: tuple[str, ...] = ("stage", "mode", "provider", *(("day",) if by_day else ()))
    values = union_all(*(_stage(stage, scope) for stage in stages)).subquery()
    columns = [values.c[name] for name in (*keys, "ms")]
    # How often each millisecond was measured: that is far less than what was measured.
    counted = session.execute(
        select(*columns, func.count()).group_by(*columns).order_by(*columns)
    ).all()

    def key_of(row: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(row[: len(keys)])

    return [
        _latency(key, [(row[-2], row[-1]) for row in rows])
        for key, rows in groupby(counted, key_of)
    ]


def use_by_day(session: Session, scope: Scope) -> list[DayOfUse]:
    """Give the days on which somebody talked or something was paid for, the earliest first."""
    day = _day(Call.connected_at).label("day")
    talked = session.execute(
        _in_scope(select(day, func.count(), _seconds()), Call.connected_at, Call.user_id, scope)
        .group_by(day)
        .order_by(day)
    )
    found = {number: (calls, seconds) for number, calls, seconds in talked}
    spent = _spent_by_day(session, scope)
    return [
        DayOfUse(_date(number), *found.get(number, (0, 0)), spent.get(number))
        for number in sorted(found.keys() | spent.keys())
    ]


def use_by_person(session: Session, scope: Scope) -> list[PersonsUse]:
    """Give those who talked most, at most MOST_PEOPLE."""
    seconds = _seconds()
    talked = _in_scope(
        select(Call.user_id, User.label, func.count(), seconds).join(User, User.id == Call.user_id),
        Call.connected_at,
        Call.user_id,
        scope,
    )
    rows = session.execute(
        talked.group_by(Call.user_id, User.label)
        .order_by(seconds.desc(), Call.user_id)
        .limit(MOST_PEOPLE)
    ).all()
    spent = dict(
        session.execute(
            _in_scope(
                select(UsageRecord.user_id, func.sum(UsageRecord.cost_micro_usd)),
                UsageRecord.at,
                UsageRecord.user_id,
                scope,
            )
            .where(UsageRecord.user_id.in_([row[0] for row in rows]))
            .group_by(UsageRecord.user_id)
        ).all()
    )
    return [PersonsUse(*row, _whole(spent.get(row[0]))) for row in rows]


def failures(session: Session, scope: Scope) -> list[FailureCount]:
    """Give the failures by code, the most frequent first."""
    number = func.count()
    rows = session.execute(
        _in_scope(
            select(Failure.code, number, func.max(Failure.at)), Failure.at, Failure.user_id, scope
        )
        .group_by(Failure.code)
        .order_by(number.desc(), Failure.code)
    )
    return [FailureCount(*row) for row in rows]


def failures_by_day(session: Session, scope: Scope) -> dict[date, int]:
    """Give the number of failures of each day that had any."""
    day = _day(Failure.at).label("day")
    rows = session.execute(
        _in_scope(select(day, func.count()), Failure.at, Failure.user_id, scope).group_by(day)
    )
    return {_date(number): count for number, count in rows}


def count_going_on(session: Session) -> list[tuple[tuple[str, str, str], int]]:
    """Count the calls that are going on, by mode, transport and provider."""
    keys = (Call.mode, Call.transport, Call.provider)
    rows = session.execute(
        select(*keys, func.count())
        .where(Call.connected_at.is_not(None), Call.ended_at.is_(None))
        .group_by(*keys)
    )
    return [((mode, transport, provider), number) for mode, transport, provider, number in rows]


def _stage(stage: str, scope: Scope) -> Rows:
    """Give the values of one stage, one a row."""
    column: InstrumentedAttribute[int | None] = getattr(Timing, f"{stage}_ms")
    wanted = select(
        literal(stage).label("stage"),
        Timing.mode.label("mode"),
        Timing.provider.label("provider"),
        _day(Timing.at).label("day"),
        column.label("ms"),
    )
    return _in_scope(wanted, Timing.at, Timing.user_id, scope).where(column.is_not(None))


def _latency(key: tuple[Any, ...], measured: Sequence[tuple[int, int]]) -> Latency:
    """Sum up pairs of milliseconds and how often they were measured, the quickest first."""
    stage, mode, provider, *day = key
    total = sum(number for _, number in measured)
    p50, p95 = (_percentile(measured, total * share / 100) for share in (50, 95))
    return Latency(stage, mode, provider, _date(day[0]) if day else None, total, p50, p95)


def _percentile(measured: Sequence[tuple[int, int]], rank: float) -> int:
    """Give the smallest value that so many others do not exceed."""
    below = accumulate(number for _, number in measured)
    return next(ms for (ms, _), place in zip(measured, below, strict=True) if place >= rank)


def _spent_by_day(session: Session, scope: Scope) -> dict[int, int]:
    """Give the money of each day by the number of the day.

    Everybody's is in a table of its own, which keeps it when somebody's data is deleted.
    """
    if scope.user_id is None:
        kept = session.execute(
            select(DaySpent.day, DaySpent.micro_usd).where(DaySpent.day >= scope.first_day)
        )
        return {(day - EPOCH).days: money for day, money in kept}
    day = _day(UsageRecord.at).label("day")
    rows = session.execute(
        _in_scope(
            select(day, func.sum(UsageRecord.cost_micro_usd)),
            UsageRecord.at,
            UsageRecord.user_id,
            scope,
        )
        .where(UsageRecord.cost_micro_usd.is_not(None))
        .group_by(day)
    )
    return {number: int(money or 0) for number, money in rows}


def _in_scope(
    wanted: Question,
    at: InstrumentedAttribute[Any],
    owner: InstrumentedAttribute[Any],
    scope: Scope,
) -> Question:
    found = wanted.where(at >= scope.since)
    return found if scope.user_id is None else found.where(owner == scope.user_id)


def _seconds() -> ColumnElement[int]:
    """Add up how long calls lasted; one that nobody ended, until it was last heard of."""
    end = func.coalesce(Call.ended_at, Call.last_seen_at, Call.connected_at)
    return func.coalesce(func.sum(_epoch(end) - _epoch(Call.connected_at)), 0)


def _epoch(at: Any) -> ColumnElement[int]:
    return cast(extract("epoch", at), BigInteger)


def _day(at: Any) -> ColumnElement[int]:
    return _epoch(at) // DAY_SECONDS


def _date(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)
