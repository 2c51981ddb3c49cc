"""Words in somebody's own turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from services.storage.models import Conversation, Turn


def search_turns(
    session: Session,
    user_id: str,
    words: Sequence[str],
    *,
    limit: int,
    without: str | None = None,
) -> list[tuple[Turn, str]]:
    """Find turns with all of the words, else with any of them, the latest first.

    Args:
        session: of a transaction.
        user_id: whose turns.
        words: parts of words count, case does not.
        limit: of the findings.
        without: a conversation that is left out; None: none.

    Returns:
        Turns, each with the title of its conversation.
    """

    def find(combined: Callable[..., ColumnElement[bool]]) -> list[tuple[Turn, str]]:
        found = session.execute(
            select(Turn, Conversation.title)
            .join(Conversation, Conversation.id == Turn.conversation_id)
            .where(Conversation.user_id == user_id, Conversation.id != (without or ""))
            .where(combined(*(_holds(word) for word in words)))
            .order_by(Turn.started_at.desc(), Turn.id.desc())
            .limit(limit)
        )
        return [(turn, title) for turn, title in found]

    return find(and_) or (find(or_) if len(words) > 1 else [])


def _holds(word: str) -> ColumnElement[bool]:
    # SQLite ignores the case of ASCII letters only, so the usual spellings of others are named.
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.title()}
    likes: list[Any] = [Turn.text.icontains(each, autoescape=True) for each in sorted(spellings)]
    return or_(*likes)
