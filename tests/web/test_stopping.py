"""SIGTERM while sound streams: it may end, new work is refused, what was said is still stored."""

from __future__ import annotations

import http.client
import json
import signal
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from services.web.stopping import STILL_DONE, Stopping, stop_in_order
from tests.providers.stand_in_audio import PIECE, Audio
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.running import RunningApp
from tests.test_bad_requests import Visitor, refused

TURN = {
    "item_id": "item_1",
    "role": "user",
    "text": "The last words before the end",
    "started_at": "2026-11-21T12:00:00Z",
    "interrupted": False,
}
PIECES = 8
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 10


@pytest.fixture
def speaker() -> Iterator[StandInEngine]:
    with StandInEngine() as running:
        running.audio = Audio(pieces=[PIECE] * PIECES, pause_seconds=PAUSE_SECONDS)
        yield running


@pytest.fixture
def program(speaker, tmp_path) -> Iterator[RunningApp]:
    keys = {"ENGINE_URL": speaker.url, "ENGINE_API_KEY": SERVER_KEY}
    with RunningApp(tmp_path / "app", **keys) as running:
        yield running


def say(visitor: Visitor) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """Have a text read aloud; gives the answer whose sound has just begun."""
    connection = http.client.HTTPConnection("127.0.0.1", visitor.app.port, timeout=30)
    wish = json.dumps({"text": "Once upon a time."})
    connection.request("POST", "/api/realtime/tts", wish, visitor.headers)
    return connection, connection.getresponse()


def begin_to_stop(visitor: Visitor) -> None:
    """Send SIGTERM, and wait until it has arrived in the worker."""
    assert visitor.app.process is not None
    visitor.app.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while visitor.send("GET", "/readyz")[0] != 503:
        assert time.monotonic() < deadline


def test_sound_goes_on_while_new_work_is_refused(program):
    visitor = Visitor(program)
    call = visitor.mint()
    connection, sound = say(visitor)
    heard = sound.read(len(PIECE))

    begin_to_stop(visitor)
    refusals = [
        visitor.send("POST", "/api/realtime/session", "{}"),
        visitor.send("POST", "/api/realtime/tts", '{"text": "And another one"}'),
        visitor.send("GET", "/", Accept="application/json"),
    ]
    conversation, path = call["conversation_id"], f"/api/realtime/calls/{call['call_id']}"
    done = [
        visitor.send("POST", f"/conversations/{conversation}/turns", json.dumps(TURN)),
        visitor.send("POST", f"{path}/heartbeat", '{"state": "speaking"}'),
        visitor.send("POST", f"{path}/usage", '{"events": []}'),
        visitor.send("DELETE", path),
        visitor.send("GET", "/healthz"),
        visitor.send("GET", "/static/js/errors.js"),
    ]

    for answer in refusals:
        assert refused(answer, 503)["code"] == "server-stopping"
        assert int(dict(answer[1])["Retry-After"]) >= 1
        assert dict(answer[1])["Connection"] == "close"
    assert [status for status, _, _ in done] == [200, 200, 200, 204, 200, 200]
    assert heard + sound.read() == PIECE * PIECES
    connection.close()
    assert program.process.wait(PATIENCE_SECONDS) == 0
    program.stop()
    program.__enter__()
    stored = visitor.send("GET", f"/conversations/{conversation}/export.json")[2]
    assert [turn["text"] for turn in json.loads(stored)["turns"]] == [TURN["text"]]


def test_nothing_under_way_is_not_waited_for(program):
    visitor = Visitor(program)
    visitor.mint()
    asked_at = time.monotonic()

    program.process.send_signal(signal.SIGTERM)

    assert program.process.wait(PATIENCE_SECONDS) == 0
    assert time.monotonic() - asked_at < PIECES * PAUSE_SECONDS


def test_it_leaves_once_with_the_last_of_what_was_under_way():
    left: list[str] = []
    stopping = Stopping()
    for work in ("one", "two"):
        stopping.enter(work)

    stopping.begin(lambda: left.append("left"))
    stopping.enter("new")
    stopping.exit("one")
    assert left == []
    stopping.exit("two")

    assert left == ["left"]


def test_with_nothing_under_way_it_leaves_at_once():
    left: list[str] = []
    stopping = Stopping()
    stopping.enter("one")
    stopping.exit("one")

    stopping.begin(lambda: left.append("left"))

    assert left == ["left"]


def test_what_is_still_done_is_there(app):
    assert set(app.view_functions) >= STILL_DONE


@pytest.fixture
def signals() -> Iterator[None]:
    """Puts back what signals do."""
    numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGALRM)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_at_once_means_without_gunicorns_handler_which_may_wait_for_itself(app, signals, number):
    asked = []
    for each in (number, signal.SIGTERM):
        signal.signal(each, lambda *_: asked.append("gunicorn"))
    worker = SimpleNamespace(cfg=SimpleNamespace(graceful_timeout=34))

    stop_in_order(worker, app.extensions["vivavoce"])
    with pytest.raises(SystemExit):
        signal.raise_signal(number)

    assert asked == []
