"""What was used up, and what it cost, as rows; each is counted once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.storage.models import Call
from services.storage.records import DaySpent, UsageRecord
from services.storage.upsert import insert


@dataclass(frozen=True)
class NewUsage:
    """What one reply, one transcription or one spoken text used up."""

    response_id: str
    """Of the provider; within a call the same one is counted once."""
    item_id: str | None
    """The turn that it belongs to."""
    provider: str
    model: str
    kind: str
    """`reply`, `transcription` or `speech`."""
    counts: Mapping[str, int | float]
    cost_micro_usd: int | None
    """None: it cannot be told."""
    most_micro_usd: int = 0
    """What it may have cost at most, where that cannot be told."""

    @property
    def spent_micro_usd(self) -> int:
        """What the day's money loses by it."""
        return self.most_micro_usd if self.cost_micro_usd is None else self.cost_micro_usd

    def within(self, micro_usd: int) -> NewUsage:
        """Give the same, but for no more than this."""
        cost = None if self.cost_micro_usd is None else min(self.cost_micro_usd, micro_usd)
        return replace(
            self, cost_micro_usd=cost, most_micro_usd=min(self.most_micro_usd, micro_usd)
        )


@dataclass(frozen=True)
class CallCost:
    """Of one call so far."""

    micro_usd: int
    is_complete: bool
    """Everything in it has a price."""
    is_empty: bool
    """Nothing was used yet."""

    @property
    def usd(self) -> float | None:
        """Dollars; None: it cannot be told."""
        return self.micro_usd / 1_000_000 if self.is_complete else None


def record_usage(
    session: Session, user_id: str, call_id: str | None, new: NewUsage, now: datetime
) -> bool:
    """Write down what was used, and add it to what the day has cost.

    Returns:
        False: it is known already, and was not counted again.
    """
    statement = insert(session, UsageRecord).values(
        user_id=user_id,
        call_id=call_id,
        response_id=new.response_id,
        item_id=new.item_id,
        at=now,
        provider=new.provider,
        model=new.model,
        kind=new.kind,
        counts=json.dumps(dict(new.counts)),
        cost_micro_usd=new.cost_micro_usd,
        spent_micro_usd=new.spent_micro_usd,
    )
    once = statement.on_conflict_do_nothing(
        index_elements=[UsageRecord.call_id, UsageRecord.response_id]
    ).returning(UsageRecord.id)
    if session.execute(once).first() is None:
        return False
    spend(session, now.date(), new.spent_micro_usd)
    return True


def spent_on(session: Session, day: date) -> int:
    """Give what a day (UTC) has cost everybody so far, in millionths of a dollar."""
    return session.scalar(select(DaySpent.micro_usd).where(DaySpent.day == day)) or 0


def spent_in(session: Session, call_id: str) -> int:
    """Give what the day's money has lost by a call, in millionths of a dollar."""
    spent = select(func.sum(UsageRecord.spent_micro_usd)).where(UsageRecord.call_id == call_id)
    return int(session.scalar(spent) or 0)


def cost_of_call(session: Session, call_id: str) -> CallCost:
    """Add up what a call has cost."""
    rows, priced, cost = session.execute(
        select(
            func.count(),
            func.count(UsageRecord.cost_micro_usd),
            func.sum(UsageRecord.cost_micro_usd),
        ).where(UsageRecord.call_id == call_id)
    ).one()
    return CallCost(int(cost or 0), rows == priced, rows == 0)


def cost_of_turns(
    session: Session, call_id: str, item_ids: Collection[str]
) -> dict[str, int | None]:
    """Give what turns of a call have cost, in millionths of a dollar; None: it cannot be told."""
    return _by_turn(
        session, UsageRecord.call_id == call_id, UsageRecord.item_id.in_(sorted(item_ids))
    )


def cost_of_conversation(session: Session, conversation_id: str) -> dict[str, int | None]:
    """Give what the turns of a conversation have cost, as `cost_of_turns` does."""
    calls = select(Call.id).where(Call.conversation_id == conversation_id)
    return _by_turn(session, UsageRecord.call_id.in_(calls))


def _by_turn(session: Session, *which: ColumnElement[bool]) -> dict[str, int | None]:
    found = session.execute(
        select(
            UsageRecord.item_id,
            func.count(),
            func.count(UsageRecord.cost_micro_usd),
            func.sum(UsageRecord.cost_micro_usd),
        )
        .where(*which, UsageRecord.item_id.is_not(None))
        .group_by(UsageRecord.item_id)
    )
    return {
        str(item_id): int(cost or 0) if rows == priced else None
        for item_id, rows, priced, cost in found
    }


def spend(session: Session, day: date, micro_usd: int) -> None:
    """Add to the day in one statement, so that no worker overwrites what another one added."""
    if not micro_usd:
        return
    statement = insert(session, DaySpent).values(day=day, micro_usd=micro_usd)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[DaySpent.day], set_={"micro_usd": DaySpent.micro_usd + micro_usd}
        )
    )
