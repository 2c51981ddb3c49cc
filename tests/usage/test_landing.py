"""What becomes of a call when the money of the day is used up."""

from __future__ import annotations

import pytest

from services.usage.landing import Money, next_rung


@pytest.mark.parametrize(
    ("mode", "can_write", "has_engine", "rung"),
    [
        ("native", True, True, "text"),
        ("native", True, False, "text"),
        ("native", False, True, "engine"),
        ("native", False, False, None),
        ("text", True, True, "engine"),
        ("text", True, False, None),
    ],
)
def test_a_call_goes_on_with_the_next_cheaper_thing(mode, can_write, has_engine, rung):
    assert next_rung(mode, can_write=can_write, has_engine=has_engine) == rung


def test_money_is_used_up_at_the_last_millionth():
    assert Money(999_999, 1_000_000).share == pytest.approx(0.999999)
    assert not Money(999_999, 1_000_000).is_used_up
    assert Money(1_000_000, 1_000_000).is_used_up
    assert Money(5, None).share is None and not Money(5, None).is_used_up
