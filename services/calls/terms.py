"""What is agreed on calls: the operator's rules, and what the page is told about a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.providers.base import Secret
from services.storage.models import Call


@dataclass(frozen=True)
class Rules:
    """What the operator allows."""

    modes: tuple[str, ...]
    connect_via: str
    """`ephemeral` or `broker`."""
    call_seconds: int
    """Length of one call."""
    day_seconds: int
    """Of all calls of one person in a day."""


@dataclass(frozen=True)
class OpenedCall:
    """A call that waits for its offer, or for its WebSocket."""

    call: Call
    secret: Secret | None
    """None in broker mode, and over a WebSocket."""
    session: dict[str, object]
    seconds: int
    """How long it may last."""
    seconds_left_today: int


@dataclass(frozen=True)
class Pulse:
    """What a heartbeat is answered."""

    ends_at: datetime
    seconds_left: int


def why_ended(call: Call) -> str:
    """Say why a call is over, and what to do."""
    if call.end_reason == "limit":
        return "The call reached its longest time. Start a new one to go on."
    if call.end_reason == "lost":
        return "The call was ended because nothing was heard of this page. Start a new one."
    return "The call was ended. Start a new one to go on."
