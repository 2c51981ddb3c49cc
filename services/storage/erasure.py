"""Deletes for good: what is too old to be kept, and everything of somebody who asks for it.

Words go with the conversation that they were said in: turns by the foreign key, the search index
by the triggers on turns. What was said is never in the tables of what is counted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, not_, or_, select, update
from sqlalchemy.orm import Session

from services.storage.models import Call, Conversation, SignIn, StoredSetting, Turn, User
from services.storage.records import Erasure, Failure, Timing, UsageRecord

COUNTED_FOR = timedelta(days=400)
"""How long times, failures, costs and calls are kept, for a look back over a year. A sign-in, too:
by then no browser holds its cookie any more."""
BATCH = 200
"""Conversations or people deleted in one transaction, so that nobody waits long for the lock."""
OF_A_PERSON = (Conversation, StoredSetting, Timing, Failure, UsageRecord, SignIn)
"""Tables that hold something of somebody, besides calls and the row of the person."""
NOTHING_ASKED = "{}"
"""What stays of the session object of a call whose instructions are nobody's business any more."""

AT_ONCE: dict[str, Any] = {"synchronize_session": False}


def erase_unconnected(session: Session, before: datetime) -> None:
    """Delete calls that were prepared until then, and whose offer never came."""
    prepared = and_(Call.connected_at.is_(None), Call.created_at < before)
    session.execute(delete(Call).where(prepared), execution_options=AT_ONCE)


def erase_wordless(session: Session, before: datetime) -> int:
    """Delete a batch of conversations that keys minted ahead of a click that never came have left.

    Returns:
        How many there were.
    """
    found = session.scalars(
        select(Conversation.id)
        .where(
            Conversation.created_at < before,
            ~exists().where(Turn.conversation_id == Conversation.id),
            ~exists().where(Call.conversation_id == Conversation.id),
        )
        .limit(BATCH)
    ).all()
    session.execute(
        delete(Conversation).where(Conversation.id.in_(found)), execution_options=AT_ONCE
    )
    return len(found)


def erase_conversations(session: Session, before: datetime) -> int:
    """Delete a batch of conversations in which nothing was said since then; give their number."""
    old = (
        select(Conversation.id)
        .where(Conversation.updated_at < before)
        .order_by(Conversation.updated_at)
        .limit(BATCH)
    )
    found = session.scalars(old).all()
    session.execute(
        delete(Conversation).where(Conversation.id.in_(found)), execution_options=AT_ONCE
    )
    return len(found)


def forget_sessions(session: Session, before: datetime) -> None:
    """Empty the session objects of old calls: they hold the person's own instructions."""
    session.execute(
        update(Call)
        .where(Call.created_at < before, Call.session != NOTHING_ASKED, _is_over(before))
        .values(session=NOTHING_ASKED, key_hash=None, provider_call_id=None),
        execution_options=AT_ONCE,
    )


def erase_records(session: Session, now: datetime) -> None:
    """Delete what was counted too long ago, and the notes of erasures with it."""
    before = now - COUNTED_FOR
    counted: tuple[Any, ...] = (Timing.at, Failure.at, UsageRecord.at, Erasure.at)
    for at in (*counted, SignIn.created_at):
        session.execute(delete(at.class_).where(at < before), execution_options=AT_ONCE)
    session.execute(
        delete(Call).where(Call.created_at < before, _is_over(now)), execution_options=AT_ONCE
    )


def erase_person(session: Session, user_id: str, today: datetime, now: datetime) -> None:
    """Delete everything of somebody whose calls are over.

    What remains until midnight is how long their calls of today lasted, or else deleting would be
    a way around the limits of the day. `erase_shadows` takes that, too.

    Args:
        session: of a transaction.
        user_id: whose.
        today: the last midnight.
        now: the time.
    """
    for table in OF_A_PERSON:
        session.execute(delete(table).where(table.user_id == user_id), execution_options=AT_ONCE)
    theirs = Call.user_id == user_id
    session.execute(
        delete(Call).where(theirs, Call.created_at < today, _is_over(today)),
        execution_options=AT_ONCE,
    )
    session.execute(
        update(Call)
        .where(theirs)
        .values(session=NOTHING_ASKED, key_hash=None, provider_call_id=None),
        execution_options=AT_ONCE,
    )
    session.execute(update(User).where(User.id == user_id).values(label=None))
    session.execute(delete(User).where(User.id == user_id, ~_has(Call)), execution_options=AT_ONCE)
    session.add(Erasure(at=now))


def erase_unreachable(session: Session, before: datetime) -> int:
    """Delete a batch of those whom a code let in, who have signed out and were quiet since then.

    They never are the same again, so nobody can read or delete what they said. Everything of them
    goes with their row, by the foreign keys.

    Returns:
        How many there were.
    """
    lately = or_(
        exists().where(Conversation.user_id == User.id, Conversation.updated_at >= before),
        exists().where(
            Call.user_id == User.id, or_(Call.created_at >= before, not_(_is_over(before)))
        ),
    )
    let_in = and_(User.issuer.is_(None), User.label.is_not(None), User.created_at < before)
    found = session.scalars(
        select(User.id).where(let_in, ~_has(SignIn), not_(lately)).limit(BATCH)
    ).all()
    session.execute(delete(User).where(User.id.in_(found)), execution_options=AT_ONCE)
    return len(found)


def erase_shadows(session: Session, today: datetime) -> None:
    """Delete people of whom there is nothing but calls that were over before this midnight."""
    counts = or_(Call.created_at >= today, not_(_is_over(today)))
    session.execute(
        delete(User).where(
            User.created_at < today,
            ~exists().where(Call.user_id == User.id, counts),
            *(~_has(table) for table in OF_A_PERSON),
        ),
        execution_options=AT_ONCE,
    )


def last_erasure(session: Session) -> datetime | None:
    """Tell when somebody last deleted everything; None: nobody has."""
    return session.scalars(select(func.max(Erasure.at))).one()


def _is_over(before: datetime) -> ColumnElement[bool]:
    """Tell of a call that it was over before then; one that was never connected is."""
    never_began = Call.connected_at.is_(None)
    return or_(never_began, and_(Call.ended_at.is_not(None), Call.ended_at < before))


def _has(table: Any) -> ColumnElement[bool]:
    return exists().where(table.user_id == User.id)
