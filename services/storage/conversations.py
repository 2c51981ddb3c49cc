"""Conversations, as rows; every question names the owner."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, literal, select, tuple_
from sqlalchemy.orm import Session

from services.errors import NotFound
from services.storage.models import Call, Conversation, Turn
from services.storage.titles import first_words
from services.storage.words import words_of

UNDO = timedelta(seconds=30)
"""For this long a deletion can be undone."""


@dataclass(frozen=True)
class Place:
    """A place in the list of conversations: right after this one."""

    updated_at: datetime
    id: str


def create_conversation(session: Session, user_id: str, mode: str, now: datetime) -> Conversation:
    """Begin a conversation; lists show it once it has a turn."""
    conversation = Conversation(
        id=secrets.token_urlsafe(16),
        user_id=user_id,
        title="",
        mode=mode,
        created_at=now,
        updated_at=now,
    )
    session.add(conversation)
    session.flush()
    return conversation


def get_conversation(
    session: Session, user_id: str, conversation_id: str, *, to_change: bool = False
) -> Conversation:
    """Find somebody's conversation; to be changed, it is kept from all others meanwhile.

    Raises:
        NotFound: there is none, it was deleted, or it is not theirs.
    """
    conversation = session.get(Conversation, conversation_id, with_for_update=to_change or None)
    if conversation is None or conversation.user_id != user_id or conversation.deleted_at:
        raise NotFound("There is no such conversation. It may have been deleted.")
    return conversation


def list_conversations(
    session: Session, user_id: str, limit: int, after: Place | None = None
) -> list[Conversation]:
    """Give those with a turn, the latest first; with `after` those that follow there."""
    has_turn = exists().where(Turn.conversation_id == Conversation.id)
    statement = select(Conversation).where(
        Conversation.user_id == user_id, Conversation.deleted_at.is_(None), has_turn
    )
    order = (Conversation.updated_at, Conversation.id)
    if after is not None:
        place = (literal(after.updated_at, Conversation.updated_at.type), literal(after.id))
        statement = statement.where(tuple_(*order) < tuple_(*place))
    found = session.scalars(statement.order_by(*(each.desc() for each in order)).limit(limit))
    return list(found)


def rename_conversation(
    session: Session, user_id: str, conversation_id: str, title: str
) -> Conversation:
    """Give it a title; without one it is called by its first words again.

    Raises:
        NotFound: there is none, or it is not theirs.
    """
    conversation = get_conversation(session, user_id, conversation_id, to_change=True)
    chosen = " ".join(title.split())
    conversation.title_words = " ".join(words_of(chosen)) if chosen else None
    conversation.title = chosen or first_words(session, conversation_id)
    return conversation


def delete_conversation(
    session: Session, user_id: str, conversation_id: str, now: datetime
) -> Conversation:
    """Delete it with its turns; for UNDO it can be restored.

    Raises:
        NotFound: there is none, or it is not theirs.
    """
    conversation = get_conversation(session, user_id, conversation_id)
    conversation.deleted_at = now
    return conversation


def get_deleted(
    session: Session, user_id: str, conversation_id: str, now: datetime
) -> Conversation:
    """Find a conversation whose deletion can still be undone.

    Raises:
        NotFound: there is none, it is too late, or it is not theirs.
    """
    conversation = session.get(Conversation, conversation_id)
    is_theirs = conversation is not None and conversation.user_id == user_id
    deleted_at = conversation.deleted_at if conversation and is_theirs else None
    if conversation is None or deleted_at is None or now - deleted_at > UNDO:
        raise NotFound("This conversation cannot be brought back any more.")
    return conversation


def restore_conversation(
    session: Session, user_id: str, conversation_id: str, now: datetime
) -> Conversation:
    """Undo a deletion.

    Raises:
        NotFound: there is nothing to undo, or it is too late.
    """
    conversation = get_deleted(session, user_id, conversation_id, now)
    conversation.deleted_at = None
    return conversation


def calls_of(session: Session, conversation_id: str) -> Sequence[Call]:
    """Give the calls in which it was spoken, in order."""
    return session.scalars(
        select(Call)
        .where(Call.conversation_id == conversation_id, Call.connected_at.is_not(None))
        .order_by(Call.connected_at, Call.id)
    ).all()


def is_anything_to_sweep(session: Session, now: datetime) -> bool:
    """Say whether there is something for `sweep_deleted`."""
    return bool(session.scalar(select(exists().where(Conversation.deleted_at < now - UNDO))))


def sweep_deleted(session: Session, now: datetime) -> None:
    """Delete for good what anybody deleted and can no longer restore."""
    session.execute(
        delete(Conversation).where(Conversation.deleted_at < now - UNDO),
        execution_options={"synchronize_session": False},
    )
