"""A call over `WS /ws/realtime`, through the real server to a provider that checks everything."""

from __future__ import annotations

import json
import signal
import socket as socket_module
import time
from collections.abc import Iterator
from http import HTTPStatus

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.connection import Connection

from tests.running import RunningApp
from tests.test_bad_requests import Visitor
from tests.web.stand_in_socket import (
    PATIENCE_SECONDS,
    SERVER_KEY,
    CallAtProvider,
    StandInSocket,
)

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def running() -> Iterator[StandInSocket]:
    with StandInSocket() as provider:
        yield provider


@pytest.fixture
def provider(running: StandInSocket) -> Iterator[StandInSocket]:
    yield running
    while not running.calls.empty():
        running.calls.get()
    running.refuse_with = running.first = None
    running.unknown = set()


@pytest.fixture(scope="module")
def app(running: StandInSocket, tmp_path_factory) -> Iterator[RunningApp]:
    folder = tmp_path_factory.mktemp("relay")
    with RunningApp(folder, ENGINE_URL=running.url, ENGINE_API_KEY=SERVER_KEY) as started:
        Visitor(started)  # answered by a worker, which is there from then on
        yield started


@pytest.fixture
def ada(app: RunningApp) -> Visitor:
    return Visitor(app)


def open_socket(visitor: Visitor, call: dict, **headers: str) -> ClientConnection:
    """Connect as the page does."""
    sent = {"Cookie": visitor.headers["Cookie"], "Origin": visitor.app.url} | headers
    url = visitor.app.url.replace("http", "ws") + call["relay_url"]
    return connect(
        url, additional_headers=sent, open_timeout=PATIENCE_SECONDS, max_size=None, proxy=None
    )


def refused(visitor: Visitor, call: dict, **headers: str) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as caught:
        open_socket(visitor, call, **headers)
    response = caught.value.response
    return response.status_code, json.loads(response.body or b"{}").get("code", "")


def hear(socket: Connection) -> dict:
    return json.loads(socket.recv(PATIENCE_SECONDS))


def hear_end(socket: Connection) -> tuple[list[dict], int]:
    """Everything that still comes, and the close code."""
    events = []
    while True:
        try:
            events.append(hear(socket))
        except ConnectionClosed as error:
            return events, error.rcvd.code if error.rcvd else 1006


def talk(
    visitor: Visitor, provider: StandInSocket, opened: dict | None = None
) -> tuple[ClientConnection, CallAtProvider]:
    """A call that is up on both sides; of a session that was minted, or of a new one."""
    socket = open_socket(visitor, opened or visitor.mint(transport="websocket"))
    assert [hear(socket)["type"] for _ in range(2)] == ["session.created", "session.updated"]
    return socket, provider.next_call()


def test_the_session_of_a_relayed_call_has_an_address_and_no_key(ada, provider):
    call = ada.mint(transport="websocket")

    assert call["client_secret"] is None
    assert call["relay_url"] == f"/ws/realtime?call_id={call['call_id']}"


def test_events_go_both_ways_as_they_are(ada, provider):
    socket, call = talk(ada, provider)
    events: list[dict] = [
        {"type": "conversation.item.create", "item": {"text": "Grüße, 世界 🎈"}},
        {"type": "input_audio_buffer.append", "audio": "A" * 300_000},
    ]

    for event in events:
        socket.send(json.dumps(event))
        assert call.next() == event
        call.say(event)
        assert hear(socket) == event
    socket.close()
    assert call.next() == 1000


def test_the_session_is_applied_before_the_first_event_passes(ada, provider):
    socket = open_socket(
        ada, ada.mint(transport="websocket", instructions="Be brief.", voice="amy")
    )
    socket.send('{"type":"response.create"}')
    call = provider.next_call()

    assert call.next() == {"type": "response.create"}
    (session,) = call.updates
    assert session["instructions"] == "Be brief."
    assert session["audio"]["output"]["voice"] == "amy"
    assert "model" not in session
    assert provider.safety_identifiers[-1]
    socket.close()


def test_a_field_that_the_provider_does_not_know_is_left_out(ada, provider):
    provider.unknown = {"session.audio.output.speed"}

    socket, call = talk(ada, provider)

    assert ["speed" in session["audio"]["output"] for session in call.updates] == [True, False]
    socket.close()


def test_what_is_refused_before_the_upgrade(ada, provider):
    ben = Visitor(ada.app)
    call = ada.mint(transport="websocket")

    assert refused(ada, call, Origin="http://evil.example") == (403, "origin-refused")
    assert refused(ada, call, Cookie="") == (401, "no-user")
    assert refused(ben, call) == (404, "not-found")
    assert refused(ada, {"relay_url": "/ws/realtime"}) == (404, "not-found")
    with open_socket(ada, call):
        assert refused(ada, call) == (409, "call-already-connected")
    assert refused(ada, call)[0] in (409, 410)
    status, _, _ = ada.send("GET", call["relay_url"])
    assert status == 400


def test_leaving_ends_the_call_at_the_provider_and_in_the_book(ada, provider):
    opened = ada.mint(transport="websocket")
    socket, call = talk(ada, provider, opened)

    left_at = time.monotonic()
    socket.socket.shutdown(socket_module.SHUT_RDWR)  # the client's own thread keeps it open

    assert call.next() == 1000
    assert time.monotonic() - left_at < 10  # less than WATCH_SECONDS, after which it would end
    beat = opened["calls_url"] + "/heartbeat"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while ada.send("POST", beat, '{"state":"listening"}')[0] != 410:
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("theirs", "ours"), [(1000, 1000), (1001, 1001), (4000, 4000), (1011, 1011)]
)
def test_the_end_at_the_provider_is_told(ada, provider, theirs, ours):
    socket, call = talk(ada, provider)

    call.say({"type": "response.output_text.delta", "delta": "last words"})
    call.connection.close(theirs)

    events, code = hear_end(socket)
    assert [event["type"] for event in events] == ["response.output_text.delta", "error"]
    assert events[1]["error"]["code"] == "provider-ended"
    assert code == ours


def test_an_error_of_the_provider_is_not_told_twice(ada, provider):
    socket, call = talk(ada, provider)

    call.say({"type": "error", "error": {"code": "session_expired", "message": "60 minutes"}})
    call.connection.close(1001)

    events, code = hear_end(socket)
    assert [event["error"]["code"] for event in events] == ["session_expired"]
    assert code == 1001


def test_a_refused_key_is_told_without_the_key_and_the_call_may_be_tried_again(ada, provider):
    opened = ada.mint(transport="websocket")
    provider.refuse_with = (HTTPStatus.UNAUTHORIZED, "invalid_api_key")
    with open_socket(ada, opened) as socket:
        events, code = hear_end(socket)
    assert [event["error"]["code"] for event in events] == ["provider-refused"]
    assert code == 1011

    provider.refuse_with = None
    provider.first = {"type": "error", "error": {"code": "invalid_api_key", "message": SERVER_KEY}}
    with open_socket(ada, opened) as socket:
        more, code = hear_end(socket)
    assert [event["error"]["code"] for event in more] == ["provider-refused"]
    assert code == 1011

    provider.first = None
    with open_socket(ada, opened) as socket:
        assert hear(socket)["type"] == "session.created"
    assert SERVER_KEY not in json.dumps(events + more)
    assert SERVER_KEY not in ada.app.log


def test_busy_lines_are_told(ada, provider):
    provider.refuse_with = (HTTPStatus.SERVICE_UNAVAILABLE, "lines_busy")
    with open_socket(ada, ada.mint(transport="websocket")) as socket:
        events, code = hear_end(socket)

    assert [event["error"]["code"] for event in events] == ["provider-busy"]
    assert code == 1013


def test_a_frame_that_is_too_large_is_told(ada, provider):
    socket, call = talk(ada, provider)
    socket.send('{"type":"input_audio_buffer.append","audio":"' + "A" * 14 * MEGABYTE + '"}')
    assert isinstance(call.next(), dict)

    try:
        socket.send("A" * 16 * MEGABYTE)
        _, code = hear_end(socket)
    except ConnectionClosed as error:
        code = error.rcvd.code if error.rcvd else 1006

    assert code == 1009
    assert call.next() == 1000


def test_bytes_are_no_events(ada, provider):
    socket, _ = talk(ada, provider)

    socket.send(b"sound")

    assert hear_end(socket)[1] == 1003


def test_silence_is_filled_with_signs_of_life(ada, provider):
    socket, _ = talk(ada, provider)

    assert hear(socket) == {"type": "relay.alive"}
    socket.close()


def test_a_slow_reader_loses_sound_then_its_line_and_nobody_else_notices(ada, provider):
    worker = max(
        psutil.Process(ada.app.process.pid).children(), key=lambda child: child.create_time()
    )
    other, other_call = talk(ada, provider)
    socket, call = talk(ada, provider)
    before = worker.memory_info().rss
    sound = {"type": "response.output_audio.delta", "item_id": "item_1", "delta": "A" * 64_000}
    for number in range(600):
        call.say(sound | {"event_id": f"{number}"})
    call.say({"type": "response.output_text.delta", "delta": "the text is whole"})

    other_call.say({"type": "input_audio_buffer.speech_started"})
    assert hear(other)["type"] == "input_audio_buffer.speech_started"
    assert worker.memory_info().rss - before < 30 * MEGABYTE
    kinds = [hear(socket)["type"] for _ in range(20)]
    assert set(kinds) == {"response.output_audio.delta"}
    while (event := hear(socket))["type"] == "response.output_audio.delta":
        kinds.append(event["type"])
    assert event["delta"] == "the text is whole"
    assert len(kinds) < 600

    with pytest.raises(ConnectionClosed):
        for _ in range(400):
            call.say({"type": "response.output_text.delta", "delta": "t" * 100_000})
    assert hear_end(socket)[1] == 1013
    other.close()


def test_a_restart_is_told(provider, running, tmp_path):
    with RunningApp(tmp_path, ENGINE_URL=running.url, ENGINE_API_KEY=SERVER_KEY) as app:
        socket, call = talk(Visitor(app), provider)
        assert app.process

        app.process.send_signal(signal.SIGTERM)

        assert hear_end(socket)[1] == 1012
        assert call.next() == 1000
        assert app.process.wait(PATIENCE_SECONDS) == 0
