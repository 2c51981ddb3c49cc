"""Conversations, as rows; every question names the owner."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from services.errors import NotFound
from services.storage.models import Call, Conversation, Turn

ABANDONED = timedelta(days=1)
"""After this long a conversation without turns and calls is swept away."""


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


def get_conversation(session: Session, user_id: str, conversation_id: str) -> Conversation:
    """Find somebody's conversation.

    Raises:
        NotFound: there is none, or it is not theirs.
    """
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.user_id != user_id:
        raise NotFound("There is no such conversation. It may have been deleted.")
    return conversation


def list_conversations(session: Session, user_id: str, limit: int) -> list[Conversation]:
    """Give those with a turn, the latest first."""
    has_turn = exists().where(Turn.conversation_id == Conversation.id)
    found = session.scalars(
        select(Conversation)
        .where(Conversation.user_id == user_id, has_turn)
        .order_by(Conversation.updated_at.desc(), Conversation.id)
        .limit(limit)
    )
    return list(found)


def delete_conversation(session: Session, user_id: str, conversation_id: str) -> None:
    """Delete it with its turns.

    Raises:
        NotFound: there is none, or it is not theirs.
    """
    session.delete(get_conversation(session, user_id, conversation_id))


def sweep_conversations(session: Session, user_id: str, now: datetime) -> None:
    """Delete what keys minted ahead of a click that never came have left behind."""
    session.execute(
        delete(Conversation).where(
            Conversation.user_id == user_id,
            Conversation.created_at < now - ABANDONED,
            ~exists().where(Turn.conversation_id == Conversation.id),
            ~exists().where(Call.conversation_id == Conversation.id),
        ),
        execution_options={"synchronize_session": False},
    )
