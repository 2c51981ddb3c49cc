"""Turns, as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.storage.conversations import get_conversation
from services.storage.models import Conversation, Turn
from services.storage.titles import first_words
from services.storage.upsert import insert
from services.storage.words import words_to_find


@dataclass(frozen=True)
class NewTurn:
    """What was said."""

    item_id: str
    role: str
    """`user` or `assistant`."""
    text: str
    started_at: datetime
    """Aware."""
    interrupted: bool
    mode: str
    provider: str
    ended_at: datetime | None = None
    """Aware; None: nobody measured."""
    places: str | None = None
    """Where its sound and its text went, JSON; None: not known."""


def save_turn(
    session: Session, user_id: str, conversation_id: str, new: NewTurn, now: datetime
) -> Turn:
    """Store a turn, or store again what is known better now: its text, its end, whether it was cut.

    Raises:
        NotFound: the conversation is not theirs.
    """
    conversation = get_conversation(session, user_id, conversation_id, to_change=True)
    words = words_to_find(user_id, new.text)
    statement = insert(session, Turn).values(
        conversation_id=conversation_id, words=words, **asdict(new)
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Turn.conversation_id, Turn.item_id],
            set_={
                "text": new.text,
                "words": words,
                "interrupted": new.interrupted,
                "ended_at": func.coalesce(statement.excluded.ended_at, Turn.ended_at),
                "places": func.coalesce(statement.excluded.places, Turn.places),
            },
        )
    )
    _name(session, conversation)
    conversation.mode = new.mode
    conversation.updated_at = now
    return session.scalars(
        select(Turn).where(Turn.conversation_id == conversation_id, Turn.item_id == new.item_id)
    ).one()


def delete_turn(session: Session, user_id: str, conversation_id: str, item_id: str) -> None:
    """Take a turn back; one that is not there is as good as taken back.

    Raises:
        NotFound: the conversation is not theirs.
    """
    conversation = get_conversation(session, user_id, conversation_id, to_change=True)
    session.execute(
        delete(Turn).where(Turn.conversation_id == conversation_id, Turn.item_id == item_id)
    )
    _name(session, conversation)


def list_turns(session: Session, conversation_id: str) -> list[Turn]:
    """Give all turns in the order in which they began."""
    found = session.scalars(
        select(Turn)
        .where(Turn.conversation_id == conversation_id)
        .order_by(Turn.started_at, Turn.id)
    )
    return list(found)


def _name(session: Session, conversation: Conversation) -> None:
    """Let the title follow the first words, unless somebody chose one."""
    if conversation.title_words is None:
        conversation.title = first_words(session, conversation.id)
