"""Calls for tests, as the book would write them down."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from services.storage.conversations import create_conversation
from services.storage.models import Call
from tests.storage.conftest import NOW


def values_of(user_id: str, conversation_id: str, **more: Any) -> dict[str, Any]:
    """Give the columns of a call that waits for its offer."""
    return {
        "id": secrets.token_urlsafe(16),
        "user_id": user_id,
        "conversation_id": conversation_id,
        "provider": "openai",
        "model": "gpt-realtime-2.1",
        "mode": "native",
        "transport": "webrtc",
        "connect_via": "broker",
        "session": "{}",
        "key_hash": None,
        "key_expires_at": None,
        "created_at": NOW,
        "landing_at": None,
    } | more


def add_call(session, user_id: str, conversation_id: str | None = None, **more: Any) -> Call:
    """Store a call, with a conversation of its own unless one is named."""
    conversation_id = conversation_id or create_conversation(session, user_id, "native", NOW).id
    call = Call(**values_of(user_id, conversation_id, **more))
    session.add(call)
    session.flush()
    return call


def live(at: datetime, **more: Any) -> dict[str, Any]:
    """Give the columns of a call that was connected and heard of at this time."""
    return {"connected_at": at, "last_seen_at": at, "ends_at": None} | more
