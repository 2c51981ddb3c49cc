"""What the database counts: percentiles, minutes, money, failures; alike on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.errors import NotFound
from services.storage.erasure import erase_unconnected
from services.storage.insights import (
    Latency,
    Scope,
    count_going_on,
    failures,
    failures_by_day,
    latencies,
    use_by_day,
    use_by_person,
)
from services.storage.models import Call
from services.storage.records import DaySpent, Failure, Timing, UsageRecord
from services.storage.reports import Waits, save_failure, save_waits

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
YESTERDAY = NOON - timedelta(days=1)
EVERYBODY = Scope(NOON - timedelta(days=7), None)
ADAS = Scope(NOON - timedelta(days=7), "ada")


def call(name: str, user: str, began: datetime, minutes: float | None, **more) -> Call:
    ended = began + timedelta(minutes=minutes) if minutes is not None else None
    return Call(
        **dict(
            id=name,
            user_id=user,
            provider="engine",
            model="m",
            mode="native",
            connect_via="ephemeral",
            session="{}",
            created_at=began,
            connected_at=began,
            last_seen_at=ended,
            ended_at=ended,
        )
        | more  # fmt: skip
    )


def waited(user: str, at: datetime, mode: str = "native", **ms: int) -> Timing:
    return Timing(user_id=user, at=at, mode=mode, provider="engine", **ms)


def test_percentiles_are_of_the_nearest_rank(database):
    with database.write() as session:
        for ms in range(1, 101):
            session.add(waited("ada", NOON, first_sound_ms=ms * 10))
        session.add(waited("ben", NOON, mode="text", first_word_ms=7))

        found = latencies(session, EVERYBODY, by_day=False)

    assert found == [
        Latency("first_sound", "native", "engine", None, 100, 500, 950),
        Latency("first_word", "text", "engine", None, 1, 7, 7),
    ]


def test_latencies_of_each_day_are_apart(database):
    with database.write() as session:
        session.add(waited("ada", YESTERDAY, connect_ms=100))
        session.add(waited("ada", NOON, connect_ms=300))
        session.add(waited("ada", NOON.replace(hour=23, minute=59, second=59), connect_ms=500))

        found = latencies(session, EVERYBODY, by_day=True)

    assert [(each.day, each.count, each.p50_ms, each.p95_ms) for each in found] == [
        (date(2026, 11, 20), 1, 100, 100),
        (date(2026, 11, 21), 2, 300, 500),
    ]


def test_a_person_sees_their_own_and_nothing_before_the_period(database):
    with database.write() as session:
        session.add(waited("ada", NOON, mint_ms=1))
        session.add(waited("ada", NOON - timedelta(days=8), mint_ms=2))
        session.add(waited("ben", NOON, mint_ms=3))

        found = latencies(session, ADAS, by_day=False)

    assert [(each.count, each.p50_ms) for each in found] == [(1, 1)]


def test_minutes_and_money_by_day(database):
    with database.write() as session:
        session.add(call("a", "ada", YESTERDAY, 2))
        session.add(call("b", "ada", NOON, 1.5))
        session.add(call("c", "ben", NOON, 10))
        session.add(call("never", "ada", NOON, None, connected_at=None))
        session.flush()
        session.add(used("ada", "b", 25_000))
        session.add(used("ada", "b", None, "r2"))
        session.add(DaySpent(day=NOON.date(), micro_usd=70_000))

        ours = use_by_day(session, EVERYBODY)
        hers = use_by_day(session, ADAS)

    assert [(each.day.day, each.calls, each.seconds, each.micro_usd) for each in ours] == [
        (20, 1, 120, None),
        (21, 2, 690, 70_000),
    ]
    assert [(each.day.day, each.calls, each.seconds, each.micro_usd) for each in hers] == [
        (20, 1, 120, None),
        (21, 1, 90, 25_000),
    ]


def used(user: str, call_id: str, cost: int | None, name: str = "r1") -> UsageRecord:
    return UsageRecord(user_id=user, call_id=call_id, response_id=name, at=NOON, provider="openai",
                       model="m", kind="reply", counts="{}", cost_micro_usd=cost)  # fmt: skip


def test_a_call_that_nobody_ended_counts_until_it_was_last_heard_of(database):
    with database.write() as session:
        session.add(call("a", "ada", NOON, None, last_seen_at=NOON + timedelta(seconds=45)))
        session.add(call("b", "ada", NOON, None))

        (today,) = use_by_day(session, EVERYBODY)
        going_on = count_going_on(session)

    assert (today.calls, today.seconds) == (2, 45)
    assert going_on == [(("native", "webrtc", "engine"), 2)]


def test_people_are_told_by_what_they_used(database):
    with database.write() as session:
        session.add(call("a", "ada", NOON, 1))
        session.add(call("b", "ben", NOON, 5))
        session.flush()
        session.add(used("ada", "a", 1_500_000))

        found = use_by_person(session, EVERYBODY)

    assert [(each.user_id, each.calls, each.seconds, each.micro_usd) for each in found] == [
        ("ben", 1, 300, None),
        ("ada", 1, 60, 1_500_000),
    ]


def test_failures_are_counted_by_code_and_day(database):
    with database.write() as session:
        for at, code, user in [
            (YESTERDAY, "offline", "ada"),
            (NOON, "provider-busy", "ada"),
            (NOON, "provider-busy", None),
        ]:
            session.add(Failure(at=at, code=code, user_id=user))

        found = failures(session, EVERYBODY)
        hers = failures(session, ADAS)
        by_day = failures_by_day(session, EVERYBODY)

    assert [(each.code, each.count, each.last_at) for each in found] == [
        ("provider-busy", 2, NOON),
        ("offline", 1, YESTERDAY),
    ]
    assert sum(each.count for each in hers) == 2
    assert by_day == {YESTERDAY.date(): 1, NOON.date(): 2}


def test_waits_belong_to_ones_own_call(database):
    with database.write() as session:
        session.add(call("a", "ada", NOON, None, mode="text"))
        session.flush()
        save_waits(session, "ada", "a", Waits(mint_ms=12), NOON)

        (found,) = latencies(session, ADAS, by_day=False)
        with pytest.raises(NotFound):
            save_waits(session, "ben", "a", Waits(mint_ms=12), NOON)

    assert (found.stage, found.mode, found.provider, found.p50_ms) == ("mint", "text", "engine", 12)


def test_a_failure_names_no_stranger_and_nobody_elses_call(database):
    with database.write() as session:
        session.add(call("a", "ada", NOON, None))
        session.flush()
        for user, of_call in [("ada", "a"), ("ben", "a"), ("nobody", "a"), (None, None)]:
            save_failure(session, "offline", user, of_call, NOON)
        session.flush()
        rows = session.query(Failure).order_by(Failure.id).all()

    assert [(row.user_id, row.call_id) for row in rows] == [
        ("ada", "a"), ("ben", None), (None, None), (None, None),
    ]  # fmt: skip


def test_why_a_call_never_came_about_is_known_when_the_call_itself_is_swept_away(database):
    with database.write() as session:
        session.add(call("a", "ada", NOON, None, connected_at=None))
        session.flush()
        save_failure(session, "connection-failed", "ada", "a", NOON)
        save_waits(session, "ada", "a", Waits(mint_ms=12), NOON)

    with database.write() as session:
        erase_unconnected(session, NOON + timedelta(hours=1))

    with database.read() as session:
        assert session.get(Call, "a") is None
        assert [each.code for each in failures(session, ADAS)] == ["connection-failed"]
        assert [each.stage for each in latencies(session, ADAS, by_day=False)] == ["mint"]
