"""Turns, as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import case, delete, select
from sqlalchemy.orm import Session

from services.storage.conversations import get_conversation
from services.storage.models import Turn
from services.storage.upsert import insert

TITLE_LENGTH = 60
"""Characters of the first words that a title shows."""


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


def save_turn(
    session: Session, user_id: str, conversation_id: str, new: NewTurn, now: datetime
) -> Turn:
    """Store a turn, or store again what is known better now: its text and whether it was cut.

    Raises:
        NotFound: the conversation is not theirs.
    """
    conversation = get_conversation(session, user_id, conversation_id)
    statement = insert(session, Turn).values(conversation_id=conversation_id, **asdict(new))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Turn.conversation_id, Turn.item_id],
            set_={"text": new.text, "interrupted": new.interrupted},
        )
    )
    conversation.title = _title(session, conversation_id)
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
    conversation = get_conversation(session, user_id, conversation_id)
    session.execute(
        delete(Turn).where(Turn.conversation_id == conversation_id, Turn.item_id == item_id)
    )
    conversation.title = _title(session, conversation_id)


def list_turns(session: Session, conversation_id: str) -> list[Turn]:
    """Give all turns in the order in which they began."""
    found = session.scalars(
        select(Turn)
        .where(Turn.conversation_id == conversation_id)
        .order_by(Turn.started_at, Turn.id)
    )
    return list(found)


def _title(session: Session, conversation_id: str) -> str:
    """Take the first words of the first user turn, or of any turn if the user said nothing."""
    user_first = case((Turn.role == "user", 0), else_=1)
    text = session.scalars(
        select(Turn.text)
        .where(Turn.conversation_id == conversation_id, Turn.text != "")
        .order_by(user_first, Turn.started_at, Turn.id)
        .limit(1)
    ).first()
    words = " ".join((text or "").split())
    if len(words) <= TITLE_LENGTH:
        return words
    return words[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
