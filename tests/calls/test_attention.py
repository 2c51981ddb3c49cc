"""What silence proves."""

from __future__ import annotations

from datetime import timedelta

from services.calls.attention import Attention
from services.calls.minutes import LOST_AFTER
from tests.web.visitor import Clock


def stay_awake(attention: Attention, clock: Clock) -> None:
    for _ in range(5):
        clock.pass_by(seconds=15)
        attention.look()


def test_silence_proves_something_after_a_minute_of_listening():
    clock = Clock()
    attention = Attention(clock)

    assert attention.lost_before() is None
    stay_awake(attention, clock)
    assert attention.lost_before() == clock.now - LOST_AFTER


def test_a_machine_that_slept_has_heard_nothing():
    clock = Clock()
    attention = Attention(clock)
    stay_awake(attention, clock)

    clock.pass_by(seconds=31)
    assert attention.lost_before() is None
    attention.look()
    assert attention.lost_before() is None
    stay_awake(attention, clock)
    assert attention.lost_before() is not None


def test_nor_has_one_whose_database_was_away():
    clock = Clock()
    attention = Attention(clock)
    stay_awake(attention, clock)

    attention.lapse()

    assert attention.lost_before() is None
    stay_awake(attention, clock)
    assert clock.now - (attention.lost_before() or clock.now) == timedelta(seconds=60)
