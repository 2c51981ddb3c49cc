"""What a conversation is called as long as nobody named it: its first words."""

from __future__ import annotations

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from services.storage.models import Turn

TITLE_LENGTH = 60
"""Characters of the first words that a title shows."""


def first_words(session: Session, conversation_id: str) -> str:
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
