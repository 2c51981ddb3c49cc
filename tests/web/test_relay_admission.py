"""Who gets a WebSocket, and how long the book lets a relayed call go on."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from services.calls.line import CallLine
from services.calls.relays import Relays
from services.errors import CallEnded
from services.web.parts import Parts, install
from tests.web.visitor import ORIGIN, Visitor, problem_of, stay_awake

HANDSHAKE = {
    "Origin": ORIGIN,
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
}
SESSION = "/api/realtime/session"


def knock(visitor: Visitor, call_id: str, **headers: str) -> TestResponse:
    """Ask for an upgrade, which the test client cannot do in the end."""
    return visitor.get(f"/ws/realtime?call_id={call_id}", **HANDSHAKE | headers)


def parts_of(app) -> Parts:
    return app.extensions["vivavoce"]


def with_room(app, room: int) -> Relays:
    relays = Relays(room)
    install(app, replace(parts_of(app), relays=relays))
    return relays


@pytest.fixture
def line(app, ada) -> CallLine:
    """A call that has been claimed."""
    call = ada.mint(transport="websocket")
    with ada.client.session_transaction() as session:
        return parts_of(app).book.take_line(session["user"], call["call_id"])


def test_a_relayed_call_needs_no_key_at_all(ada, engine):
    session = ada.mint(transport="websocket", mode="text")

    assert session["client_secret"] is None and engine.keys == {}
    assert session["session"]["output_modalities"] == ["text"]


def test_a_call_keeps_its_transport(ada):
    by_webrtc, by_socket = ada.mint(transport="webrtc"), ada.mint(transport="websocket")

    assert by_webrtc["relay_url"] is None
    problem_of(knock(ada, by_webrtc["call_id"]), 422, "invalid-field")
    problem_of(ada.offer(by_socket), 422, "invalid-field")


@pytest.mark.parametrize("transport", ["pigeon", "WebSocket", ""])
def test_there_are_two_transports(ada, transport):
    if transport:
        problem_of(ada.post(SESSION, {"transport": transport}), 422, "invalid-field")
    else:
        assert ada.mint(transport=transport)["relay_url"] is None


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-WebSocket-Version": "12"},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": "!" * 24},
        {"Sec-WebSocket-Key": ""},
    ],
)
def test_a_handshake_that_is_none_is_refused(ada, header):
    call = ada.mint(transport="websocket")

    problem_of(knock(ada, call["call_id"], **header), 400, "malformed-body")


def test_without_room_nobody_is_let_in(app, ada):
    with_room(app, 0)
    call = ada.mint(transport="websocket")

    answer = knock(ada, call["call_id"])

    problem_of(answer, 503, "provider-busy")
    assert answer.headers["Retry-After"]


def test_who_is_refused_takes_no_room(app, ada):
    relays = with_room(app, 1)

    for _ in range(3):
        problem_of(knock(ada, "unknown"), 404, "not-found")
    relays.take_seat()


def test_a_process_that_ends_takes_no_more_calls(app, ada):
    with_room(app, 1).stop()

    problem_of(knock(ada, ada.mint(transport="websocket")["call_id"]), 503, "provider-busy")


def test_a_call_goes_on_while_its_page_is_there(ada, line, clock):
    for _ in range(10):
        clock.pass_by(seconds=15)
        line.watch(was_heard=True)
    clock.pass_by(seconds=59)
    line.watch(was_heard=False)


def test_a_silent_call_without_a_heartbeat_is_ended(app, line, clock):
    stay_awake(app, clock, minutes=1)
    clock.pass_by(seconds=1)

    with pytest.raises(CallEnded, match="nothing was heard"):
        line.watch(was_heard=False)


def test_silence_ends_nothing_where_it_proves_nothing(line, clock):
    clock.pass_by(seconds=61)

    line.watch(was_heard=False)


def test_a_call_ends_at_its_longest_time_whatever_is_said(line, clock):
    clock.pass_by(minutes=30)

    for was_heard in (True, False):
        with pytest.raises(CallEnded):
            line.watch(was_heard=was_heard)


def test_a_call_that_was_hung_up_elsewhere_ends(app, ada, clock):
    call = ada.mint(transport="websocket")
    with ada.client.session_transaction() as session:
        line = parts_of(app).book.take_line(session["user"], call["call_id"])

    ada.delete(call["calls_url"])

    with pytest.raises(CallEnded):
        line.watch(was_heard=False)


def test_a_relayed_call_counts_and_ends_with_its_socket(make_app, clock):
    clock.now = clock.now.replace(hour=12)
    app = make_app(daily_minutes_per_user=10)
    ada = Visitor(app)
    call = ada.mint(transport="websocket")
    with ada.client.session_transaction() as session:
        line = parts_of(app).book.take_line(session["user"], call["call_id"])
    for _ in range(8):
        clock.pass_by(seconds=30)
        line.watch(was_heard=True)

    line.close(was_connected=True)

    clock.pass_by(minutes=5)
    assert ada.mint()["limits"]["minutes_left_today"] == 6
    problem_of(ada.post(call["calls_url"] + "/heartbeat", {"state": "idle"}), 410, "call-ended")
