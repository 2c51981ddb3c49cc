"""What pages tell of how it went."""

from __future__ import annotations

import pytest

from services.storage.insights import Scope, failures, latencies
from tests.web.visitor import problem_of


def seen(app, visitor) -> tuple[list, list]:
    """Give the latencies that somebody finds in their own view, and everybody's failures."""
    with visitor.client.session_transaction() as cookie:
        user_id = cookie["user"]
    parts = app.extensions["vivavoce"]
    since = parts.clock().replace(hour=0)
    with parts.database.read() as session:
        own = latencies(session, Scope(since, user_id), by_day=False)
        return own, failures(session, Scope(since, None))


def test_waiting_times_are_stored_with_mode_and_provider_of_the_call(app, ada):
    call = ada.mint(mode="text")
    timings = {"mint_ms": 41.6, "first_word_ms": 500, "first_sound_ms": 900}

    answer = ada.post("/api/reports", {"call_id": call["call_id"], "timings": timings})

    assert answer.status_code == 204
    found, _ = seen(app, ada)
    assert [(each.stage, each.mode, each.provider, each.p50_ms) for each in found] == [
        ("first_sound", "text", "engine", 900),
        ("first_word", "text", "engine", 500),
        ("mint", "text", "engine", 42),
    ]


def test_nobody_reports_on_a_call_of_somebody_else(app, ada, ben):
    call = ada.mint()

    answer = ben.post("/api/reports", {"call_id": call["call_id"], "timings": {"mint_ms": 1}})

    problem_of(answer, 404, "not-found")


def test_a_failure_may_come_before_there_is_a_call(app, ada):
    answer = ada.post("/api/reports", {"call_id": None, "error": "microphone-denied"})

    assert answer.status_code == 204
    _, found = seen(app, ada)
    assert [(each.code, each.count) for each in found] == [("microphone-denied", 1)]


@pytest.mark.parametrize("code", ["unknown_parameter", "invalid_request_error.foo", "E42"])
def test_a_failure_may_have_a_code_of_the_house_that_answers(app, ada, code):
    assert ada.post("/api/reports", {"error": code}).status_code == 204

    _, found = seen(app, ada)
    assert [(each.code, each.count) for each in found] == [(code, 1)]


def test_a_page_that_reports_without_end_fills_no_table(app, ada):
    for _ in range(50):
        assert ada.post("/api/reports", {"error": "offline"}).status_code == 204

    _, found = seen(app, ada)
    assert [(each.code, each.count) for each in found] == [("offline", 20)]


@pytest.mark.parametrize(
    "report",
    [
        {"timings": {"mint_ms": 1}},
        {"call_id": "x", "timings": {"mint_ms": -1}},
        {"call_id": "x", "timings": {"mint_ms": "soon"}},
        {"call_id": "x", "timings": {"mint_ms": 1e12}},
        {"call_id": "x", "timings": [1]},
        {"error": "Not A Code"},
        {"error": "x" * 65},
        {"error": "=1+1"},
        {"error": 7},
    ],
)
def test_nonsense_is_refused(ada, report):
    problem_of(ada.post("/api/reports", report), 422, "invalid-field")


def test_a_stranger_reports_nothing(app):
    client = app.test_client()

    answer = client.post(
        "/api/reports", json={"error": "x"}, headers={"Origin": "http://localhost"}
    )

    problem_of(answer, 401, "no-user")


def test_a_failure_that_the_server_answers_is_noted_by_itself(app, ada, engine):
    engine.fail(503, "All lines are busy.", "lines_busy")

    ada.post("/api/realtime/session", {})

    _, found = seen(app, ada)
    assert sum(each.count for each in found) == 1
