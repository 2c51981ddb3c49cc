"""How long somebody talked today, and how long they still may. Pure; a day is a day of UTC."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

LOST_AFTER = timedelta(seconds=60)
"""A call without a heartbeat for this long is over; the page sends one every 15 s."""


class Timed(Protocol):
    """The times of a call that was connected."""

    connected_at: datetime | None
    last_seen_at: datetime | None
    ended_at: datetime | None


def day_start(now: datetime) -> datetime:
    """Give the last midnight."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def is_lost(call: Timed, now: datetime) -> bool:
    """Say whether nobody has been heard of in this call for too long."""
    seen = call.last_seen_at or call.connected_at
    return call.ended_at is None and seen is not None and now - seen > LOST_AFTER


def seconds_used(calls: Iterable[Timed], now: datetime) -> float:
    """Add up the seconds since midnight that lie in calls; parallel calls count each."""
    total = 0.0
    midnight = day_start(now)
    for call in calls:
        if call.connected_at is None:
            continue
        end = call.ended_at or (call.last_seen_at if is_lost(call, now) else now) or now
        total += max(0.0, (end - max(call.connected_at, midnight)).total_seconds())
    return total


def fair_share(seconds_left: float, live: int) -> timedelta:
    """Say how long each of some parallel calls may go on, as they use up the day together."""
    return timedelta(seconds=max(0.0, seconds_left) / max(1, live))
