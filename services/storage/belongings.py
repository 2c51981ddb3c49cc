"""Everything that is kept of somebody, a piece at a time, for them to take along."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from services.storage.models import Call, Conversation, SignIn, StoredSetting, User
from services.storage.records import Failure, Timing, UsageRecord
from services.storage.settings import load_settings
from services.storage.turns import list_turns

LEFT_OUT = ("user_id", "key_hash", "words", "title_words")
"""Columns that repeat whose it is, that stand for a key, or that hold words again to be found."""
AS_JSON = ("session", "counts", "places")
"""Columns that hold JSON."""
TABLES: dict[str, tuple[Any, Any]] = {
    "sign_ins": (SignIn, SignIn.created_at),
    "calls": (Call, Call.created_at),
    "usage": (UsageRecord, UsageRecord.at),
    "timings": (Timing, Timing.at),
    "errors": (Failure, Failure.at),
}
"""By name, with the order of rows: tables with something of a person, besides those below."""

Row = dict[str, object]


def about(session: Session, user_id: str) -> Row:
    """Give who they are, as far as it is known, and what they chose."""
    user = session.get(User, user_id)
    chosen = session.scalars(
        select(StoredSetting.name).where(StoredSetting.user_id == user_id)
    ).all()
    settings = load_settings(session, user_id)
    return {
        "person": _to_row(user) if user else {"id": user_id},
        "settings": {name: getattr(settings, name, None) for name in chosen},
    }


def conversation_ids(session: Session, user_id: str) -> list[str]:
    """Name their conversations, also one that is about to be deleted, the oldest first."""
    found = session.scalars(
        select(Conversation.id)
        .where(Conversation.user_id == user_id)
        .order_by(Conversation.created_at, Conversation.id)
    )
    return list(found)


def conversation(session: Session, conversation_id: str) -> Row | None:
    """Give one of them with all turns; None if it was deleted meanwhile."""
    found = session.get(Conversation, conversation_id)
    if found is None:
        return None
    turns = [_to_row(turn, "id", "conversation_id") for turn in list_turns(session, found.id)]
    return _to_row(found) | {"turns": turns}


def records(session: Session, user_id: str, name: str) -> list[Row]:
    """Give what is theirs in one of TABLES."""
    table, order = TABLES[name]
    rows = session.scalars(select(table).where(table.user_id == user_id).order_by(order, table.id))
    return [_to_row(row) for row in rows]


def _to_row(entity: Any, *without: str) -> Row:
    row: Row = {}
    for column in inspect(type(entity)).columns:
        if column.key in LEFT_OUT or column.key in without:
            continue
        value = getattr(entity, column.key)
        if column.key in AS_JSON and value:
            value = json.loads(value)
        row[column.key] = value.isoformat() if hasattr(value, "isoformat") else value
    return row
