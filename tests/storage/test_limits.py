"""Limits on calls, counted in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.storage.calls import end_due, end_lost, is_anything_due
from services.storage.conversations import create_conversation
from services.storage.limits import (
    TAKE_OVER,
    CallLimits,
    claim_call,
    enter_call,
    lock_user,
    seconds_to_next,
)
from services.storage.models import Call
from tests.storage.calls import add_call, live, values_of
from tests.storage.conftest import NOW

LIMITS = CallLimits(at_once=2, per_minute=3)
MINUTE = timedelta(minutes=1)
ENDS = NOW + timedelta(minutes=30)
END = (ENDS, "limit")


def enter(database, *, user="ada", at=NOW, conversation_id=None, limits=LIMITS) -> bool:
    with database.write() as session:
        lock_user(session, user)
        conversation_id = conversation_id or create_conversation(session, user, "native", NOW).id
        values = values_of(user, conversation_id, created_at=at)
        return enter_call(session, values, limits, at)


def claim(database, call: Call) -> bool:
    with database.write() as session:
        lock_user(session, call.user_id)
        return claim_call(session, call, NOW, END, LIMITS.at_once)


def test_a_call_is_entered_as_it_is(database):
    values = {
        "key_hash": "ab" * 32,
        "key_expires_at": NOW + MINUTE,
        "landing_at": NOW,
        "session": '{"model": "m"}',
    }
    with database.write() as session:
        conversation_id = create_conversation(session, "ada", "native", NOW).id
        wanted = values_of("ada", conversation_id, **values)
        assert enter_call(session, wanted, LIMITS, NOW)
    with database.read() as session:
        call = session.get(Call, wanted["id"])
        assert {name: getattr(call, name) for name in wanted} == wanted
        assert call.connected_at is None and call.ended_at is None


def test_so_many_calls_in_any_sixty_seconds(database):
    for seconds in (0, 20, 40):
        assert enter(database, at=NOW + timedelta(seconds=seconds))
    assert not enter(database, at=NOW + timedelta(seconds=59.9))
    assert enter(database, user="ben", at=NOW + timedelta(seconds=59.9))

    with database.read() as session:
        at = NOW + timedelta(seconds=50)
        assert seconds_to_next(session, "ada", 3, at) == pytest.approx(10)
        assert seconds_to_next(session, "ben", 3, at) == 0
    assert enter(database, at=NOW + MINUTE)
    assert not enter(database, at=NOW + MINUTE)


def test_so_many_conversations_have_a_live_call_at_once(database):
    with database.write() as session:
        first, second, third = (add_call(session, "ada") for _ in range(3))
        bens = add_call(session, "ben")

    assert [claim(database, call) for call in (first, second, third, bens)] == [
        True,
        True,
        False,
        True,
    ]
    often = CallLimits(at_once=2, per_minute=99)
    assert not enter(database, limits=often)
    assert enter(database, conversation_id=first.conversation_id, limits=often)


def test_a_call_may_take_over_from_one_of_its_conversation_but_a_third_may_not(database):
    with database.write() as session:
        first = add_call(session, "ada")
        more = [add_call(session, "ada", first.conversation_id) for _ in range(2)]
        other = add_call(session, "ada")

    claimed = [claim(database, call) for call in (first, other, *more)]

    assert claimed == [True, True, True, False]
    with database.read() as session:
        ends = [session.get_one(Call, call.id).ends_at for call in (first, more[0], other)]
    assert ends == [NOW + TAKE_OVER, ENDS, ENDS]


def test_a_call_is_connected_once_and_not_after_its_end(database):
    with database.write() as session:
        call = add_call(session, "ada")
        over = add_call(session, "ada", ended_at=NOW, end_reason="user")

    assert [claim(database, each) for each in (call, call, over)] == [True, False, False]


def test_what_is_over_or_silent_is_ended_and_given_out_once(database):
    a_minute_ago, long_ago = NOW - MINUTE, NOW - 3 * MINUTE
    with database.write() as session:
        over = add_call(session, "ada", **live(NOW) | {"ends_at": NOW}, provider_call_id="rtc_1")
        landed = add_call(session, "ada", **live(NOW) | {"ends_at": NOW, "end_reason": "budget"})
        silent = add_call(session, "ben", **live(long_ago) | {"ends_at": ENDS})
        fine = add_call(session, "ben", **live(a_minute_ago) | {"ends_at": ENDS})
        add_call(session, "ben")
        add_call(session, "ben", **live(long_ago), ended_at=long_ago, end_reason="user")
    with database.read() as session:
        assert is_anything_due(session, NOW, a_minute_ago)
        assert is_anything_due(session, NOW, None)
        assert not is_anything_due(session, NOW - timedelta(seconds=1), None)

    with database.write() as session:
        ended = end_due(session, NOW, a_minute_ago)
    with database.write() as session:
        again = end_due(session, NOW, a_minute_ago)

    assert {(each.id, each.provider_call_id) for each in ended} == {
        (over.id, "rtc_1"),
        (landed.id, None),
        (silent.id, None),
    }
    assert again == []
    with database.read() as session:
        rows = [session.get(Call, each.id) for each in (over, landed, silent, fine)]
        assert [(row.ended_at, row.end_reason) for row in rows] == [
            (NOW, "limit"),
            (NOW, "budget"),
            (long_ago, "lost"),
            (None, None),
        ]
        assert not is_anything_due(session, NOW, a_minute_ago)


def test_silence_ends_nothing_where_it_proves_nothing(database):
    with database.write() as session:
        add_call(session, "ada", **live(NOW - 3 * MINUTE) | {"ends_at": ENDS})
    with database.write() as session:
        assert end_due(session, NOW, None) == []


def test_the_silent_calls_of_one_person_may_be_ended(database):
    with database.write() as session:
        hers = add_call(session, "ada", **live(NOW - 3 * MINUTE))
        add_call(session, "ben", **live(NOW - 3 * MINUTE))
    with database.write() as session:
        assert [each.id for each in end_lost(session, NOW - MINUTE, "ada")] == [hers.id]
