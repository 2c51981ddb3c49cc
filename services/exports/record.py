"""A conversation as JSON can say it."""

from __future__ import annotations

from collections.abc import Iterable

from services.storage.models import Conversation, Turn


def to_record(conversation: Conversation, turns: Iterable[Turn]) -> dict[str, object]:
    """Give a conversation with all of its turns."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "created_at": conversation.created_at.isoformat(),
        "turns": [turn_record(turn) for turn in turns],
    }


def turn_record(turn: Turn) -> dict[str, object]:
    """Give one turn."""
    return {
        "item_id": turn.item_id,
        "role": turn.role,
        "text": turn.text,
        "started_at": turn.started_at.isoformat(),
        "interrupted": turn.interrupted,
        "mode": turn.mode,
        "provider": turn.provider,
    }
