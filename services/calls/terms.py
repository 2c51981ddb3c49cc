"""What is agreed on calls: the operator's rules, and what the page is told about a call."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.errors import TooManyCalls, TooManyMints
from services.providers.base import Secret
from services.storage.limits import CallLimits
from services.storage.models import Call
from services.storage.usage import CallCost
from services.usage.landing import NOTICE_SHARE


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
    limits: CallLimits
    """Of one person."""
    day_micro_usd: int | None
    """What all calls of a day may cost, in millionths of a dollar. None: there is no limit."""


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
class Tally:
    """What a call has cost, and what becomes of it when the day's money is used up."""

    cost: CallCost
    share: float | None
    """Of the day's money that is used up; None: there is no limit."""
    landing: str | None
    """With what it goes on: `text`, `engine` or `end`. None: as it is."""
    turns: Mapping[str, int | None] = field(default_factory=dict)
    """Millionths of a dollar by item id, of those that were just told of."""

    @property
    def is_worth_telling(self) -> bool:
        """Whether people need to know of the day's money."""
        return self.share is not None and self.share >= NOTICE_SHARE


@dataclass(frozen=True)
class Pulse:
    """What a heartbeat is answered."""

    ends_at: datetime
    seconds_left: int
    tally: Tally


def too_many(at_once: int) -> TooManyCalls:
    """Say that so many calls at once are all."""
    calls = "one call" if at_once == 1 else f"{at_once} calls"
    return TooManyCalls(f"You have {calls} already, which is all at once. End one of them first.")


def too_often(per_minute: int, wait: float) -> TooManyMints:
    """Say that this was one call too many within a minute."""
    return TooManyMints(
        f"You have started {per_minute} calls within a minute, which is all that this server "
        f"allows. Try again in {math.ceil(wait)} seconds.",
        wait,
    )


def why_ended(call: Call) -> str:
    """Say why a call is over, and what to do."""
    if call.end_reason == "limit":
        return "The call reached its longest time. Start a new one to go on."
    if call.end_reason == "day":
        return "The minutes of today are used up. You can talk again after midnight UTC."
    if call.end_reason == "budget":
        return "This server has spent what it may spend today. You can talk again tomorrow."
    if call.end_reason == "lost":
        return "The call was ended because nothing was heard of this page. Start a new one."
    return "The call was ended. Start a new one to go on."
