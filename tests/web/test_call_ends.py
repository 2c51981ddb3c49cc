"""Which calls end by themselves, when, and what their page is told."""

from __future__ import annotations

from tests.web.visitor import Visitor, problem_of, stay_awake


def sweep(visitor: Visitor) -> None:
    """Have the program look for calls that nobody ends, as it does from time to time."""
    visitor.client.application.extensions["vivavoce"].book.live.sweep()


def test_whose_minutes_are_over_is_told_so_whoever_notices_first(make_app, clock, engine):
    clock.now = clock.now.replace(hour=12)
    ada = Visitor(make_app(connect_via="broker", daily_minutes_per_user=1))
    session = ada.mint()
    ada.offer(session)
    clock.pass_by(seconds=60)

    sweep(ada)

    assert engine.calls == []
    beat = ada.post(session["calls_url"] + "/heartbeat", {"state": "listening"})
    assert "minutes of today" in problem_of(beat, 410, "call-ended")["detail"]


def test_what_is_left_of_the_day_can_be_asked(make_app, clock):
    clock.now = clock.now.replace(hour=12)
    ada = Visitor(make_app(connect_via="broker", daily_minutes_per_user=2))
    session = ada.mint()
    ada.offer(session)

    left = []
    for seconds in (0, 30, 30, 30, 30):
        clock.pass_by(seconds=seconds)
        ada.post(session["calls_url"] + "/heartbeat", {"state": "listening"})
        left.append(ada.get("/api/realtime/standing").get_json())
    assert left == [{"minutes_left_today": minutes} for minutes in (2, 1, 1, 0, 0)]


def test_a_call_ends_soon_after_another_one_took_over_its_conversation(make_app, clock, engine):
    ada = Visitor(make_app(connect_via="broker"))
    first, other = ada.mint(), ada.mint()
    for session in (first, other):
        ada.offer(session)
    clock.pass_by(seconds=1)
    second = ada.mint(conversation_id=first["conversation_id"])
    ada.offer(second)

    def is_alive(session: dict) -> bool:
        beat = ada.post(session["calls_url"] + "/heartbeat", {"state": "listening"})
        return beat.status_code == 200

    clock.pass_by(seconds=59)
    assert [is_alive(session) for session in (first, second, other)] == [True] * 3
    clock.pass_by(seconds=1)
    sweep(ada)
    assert engine.calls == ["rtc_1", "rtc_1"]  # as the stand-in calls each
    assert [is_alive(session) for session in (first, second, other)] == [False, True, True]


def test_a_server_that_heard_nobody_for_a_while_ends_no_call_that_may_be_well(
    make_app, clock, engine
):
    clock.now = clock.now.replace(hour=12)
    ada = Visitor(make_app(connect_via="broker"))
    session = ada.mint()
    ada.offer(session)

    clock.pass_by(minutes=2)
    ada.mint()

    assert engine.calls == ["rtc_1"]
    beat = ada.post(session["calls_url"] + "/heartbeat", {"state": "listening"})
    assert beat.status_code == 200


def test_a_call_that_nobody_hears_of_counts_until_it_was_seen(make_app, clock, engine):
    clock.now = clock.now.replace(hour=12)
    ada = Visitor(make_app(connect_via="broker", daily_minutes_per_user=30))
    session = ada.mint()
    ada.offer(session)
    clock.pass_by(minutes=2)
    ada.post(session["calls_url"] + "/heartbeat", {"state": "listening"})
    stay_awake(ada.client.application, clock, minutes=2)

    assert ada.mint()["limits"]["minutes_left_today"] == 28
    assert engine.calls == []
    beat = ada.post(session["calls_url"] + "/heartbeat", {"state": "listening"})
    problem_of(beat, 410, "call-ended")
