"""The audio routes on the real server: streams, browsers that leave, uploads."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from services.web.threads import THREADS
from tests.providers.stand_in_audio import PIECE, Audio
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.running import RunningApp
from tests.test_bad_requests import Visitor, refused

TTS = "/api/realtime/tts"
TRANSCRIPTIONS = "/api/realtime/transcriptions"
MEGABYTE = 1024 * 1024
PATIENCE_SECONDS = 15
CONTRACT_SECONDS = 1
"""The upstream is left so soon after the browser; one test holds the program to it."""
LEFT_SECONDS = 10
"""Otherwise: less than the 20 s that the upstream would take."""


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandInEngine]:
    with StandInEngine() as running:
        yield running


@pytest.fixture(scope="module")
def app(upstream, tmp_path_factory) -> Iterator[RunningApp]:
    folder = tmp_path_factory.mktemp("leaving")
    with RunningApp(folder, ENGINE_URL=upstream.url, ENGINE_API_KEY=SERVER_KEY) as running:
        Visitor(running)  # answered by a worker, which is there from then on
        yield running


@pytest.fixture
def visitor(app: RunningApp) -> Visitor:
    return Visitor(app)


@pytest.fixture
def audio(upstream: StandInEngine) -> Iterator[Audio]:
    upstream.audio = Audio()
    yield upstream.audio
    upstream.disconnect()


class Asked:
    """A request on a connection of its own, whose answer nobody has waited for yet."""

    def __init__(self, visitor: Visitor, path: str, body: bytes, kind: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", visitor.app.port, timeout=30)
        headers = visitor.headers | {"Content-Type": kind}
        self._connection.request("POST", path, body, headers)
        self._answer: http.client.HTTPResponse | None = None

    @property
    def answer(self) -> http.client.HTTPResponse:
        self._answer = self._answer or self._connection.getresponse()
        return self._answer

    def leave(self) -> float:
        """Close the connection; gives the time."""
        if self._answer is not None:
            self._answer.close()
        self._connection.close()
        return time.monotonic()


def say(visitor: Visitor, text: str) -> Asked:
    return Asked(visitor, TTS, json.dumps({"text": text}).encode(), "application/json")


def wait_until(is_so) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)  # another process is at work


def test_a_piece_is_passed_on_at_once(visitor, audio):
    audio.pause_seconds = 1.0
    asked = say(visitor, "At once.")

    times = []
    for _ in audio.pieces:
        assert asked.answer.read(len(PIECE)) == PIECE
        times.append(time.monotonic())

    assert [round(later - sooner) for sooner, later in zip(times, times[1:], strict=False)] == [
        1,
        1,
    ]
    assert asked.answer.getheader("Transfer-Encoding") == "chunked"
    assert asked.answer.getheader("Content-Encoding") is None
    asked.leave()


@pytest.mark.parametrize(
    ("where", "seconds"), [("head_seconds", LEFT_SECONDS), ("pause_seconds", CONTRACT_SECONDS)]
)
def test_the_upstream_is_left_with_the_browser_although_it_is_silent(
    visitor, audio, where, seconds
):
    setattr(audio, where, 20.0)
    asked = say(visitor, f"Silent in {where}.")
    wait_until(lambda: audio.spoken)
    if where == "pause_seconds":
        assert asked.answer.read(10)

    left_at = asked.leave()

    assert audio.left.get(timeout=PATIENCE_SECONDS) - left_at < seconds


def test_a_transcription_is_left_with_the_browser(visitor, audio):
    audio.head_seconds = 20.0
    asked = Asked(visitor, TRANSCRIPTIONS, b"sound", "audio/wav")
    wait_until(lambda: audio.uploads)

    left_at = asked.leave()

    assert audio.left.get(timeout=PATIENCE_SECONDS) - left_at < LEFT_SECONDS


def test_a_browser_that_leaves_while_sound_flows_is_noticed(visitor, audio):
    audio.pieces, audio.pause_seconds = [PIECE] * 1000, 0.02
    asked = say(visitor, "Flowing.")
    assert asked.answer.read(10)

    left_at = asked.leave()

    assert audio.left.get(timeout=PATIENCE_SECONDS) - left_at < LEFT_SECONDS


def test_threads_come_back_from_more_leavers_than_there_are(visitor, audio):
    audio.head_seconds = 20.0
    for number in range(THREADS + 8):
        asked = say(visitor, f"Leaver {number}.")
        wait_until(lambda wanted=number + 1: len(audio.spoken) == wanted)
        asked.leave()
        audio.left.get(timeout=LEFT_SECONDS)
    audio.head_seconds = 0

    status, _, sound = visitor.send("POST", TTS, json.dumps({"text": "And I?"}))

    assert (status, sound) == (200, 3 * PIECE)


def test_threads_come_back_from_upstreams_that_die(visitor, audio):
    def fail(number: int) -> bool:
        try:
            visitor.send("POST", TTS, json.dumps({"text": f"Dying {number}."}))
        except http.client.IncompleteRead as error:
            return error.partial == 3 * PIECE
        return False

    audio.ending = "cut"
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(fail, range(THREADS + 8)))
    audio.ending = "whole"

    status, _, sound = visitor.send("POST", TTS, json.dumps({"text": "And now?"}))

    assert (status, sound) == (200, 3 * PIECE)
    assert "Traceback" not in visitor.app.log


def test_a_repeated_phrase_is_said_once_by_the_service(visitor, audio):
    wish = json.dumps({"text": "Once only."})

    answers = [visitor.send("POST", TTS, wish) for _ in range(3)]

    assert [(status, sound) for status, _, sound in answers] == [(200, 3 * PIECE)] * 3
    assert len(audio.spoken) == 1


def test_uploads_do_not_fill_the_memory(visitor, audio):
    def upload(_: int) -> int:
        status, _, _ = visitor.send(
            "POST", TRANSCRIPTIONS, bytes(25 * MEGABYTE), Content_Type="audio/wav"
        )
        return status

    assert upload(0) == 200
    audio.uploads.clear()
    worker = max(
        psutil.Process(visitor.app.process.pid).children(), key=lambda child: child.create_time()
    )
    before, peak, is_over = worker.memory_info().rss, 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not is_over.wait(0.01):
            peak = max(peak, worker.memory_info().rss)
            audio.uploads.clear()

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(upload, range(4))) == {200}
    is_over.set()
    watcher.join()

    assert peak - before < 20 * MEGABYTE


def test_a_recording_that_ends_too_early_is_told(visitor):
    head = "".join(
        f"{name}: {value}\r\n"
        for name, value in (visitor.headers | {"Content-Type": "audio/wav"}).items()
    )
    with socket.create_connection(("127.0.0.1", visitor.app.port), timeout=30) as connection:
        connection.sendall(
            f"POST {TRANSCRIPTIONS} HTTP/1.1\r\nHost: 127.0.0.1:{visitor.app.port}\r\n{head}"
            "Content-Length: 100000\r\n\r\nsound".encode()
        )
        connection.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(connection)
        answer.begin()

        refused((answer.status, answer.getheaders(), answer.read()), 408)


def test_a_recording_that_is_too_large_is_told(visitor):
    for size in (25 * MEGABYTE + 1, 28 * MEGABYTE):
        refused(visitor.send("POST", TRANSCRIPTIONS, bytes(size), Content_Type="audio/wav"), 413)
