"""How long somebody talked today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.calls.minutes import is_lost, seconds_used

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class Call:
    connected_at: datetime | None
    last_seen_at: datetime | None
    ended_at: datetime | None = None


def ago(**how_long: float) -> datetime:
    return NOON - timedelta(**how_long)


def test_calls_add_up():
    calls = [
        Call(ago(minutes=30), ago(minutes=20), ago(minutes=20)),
        Call(ago(minutes=5), ago(seconds=10)),
        Call(None, None),
    ]

    assert seconds_used(calls, NOON) == 600 + 300


def test_yesterday_does_not_count():
    calls = [
        Call(ago(hours=13), ago(hours=11), ago(hours=11)),
        Call(ago(hours=14), ago(hours=13), ago(hours=13)),
    ]

    assert seconds_used(calls, NOON) == 3600


def test_a_lost_call_counts_until_it_was_last_seen():
    lost = Call(ago(minutes=30), ago(minutes=25))

    assert is_lost(lost, NOON)
    assert seconds_used([lost], NOON) == 300


def test_a_call_is_lost_after_a_minute_of_silence_and_not_before():
    assert not is_lost(Call(ago(minutes=5), ago(seconds=60)), NOON)
    assert is_lost(Call(ago(minutes=5), ago(seconds=61)), NOON)
    assert not is_lost(Call(ago(minutes=5), ago(minutes=4), ago(minutes=3)), NOON)
    assert not is_lost(Call(None, None), NOON)
