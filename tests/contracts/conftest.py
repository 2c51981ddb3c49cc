"""What every implementation of a port is tried with."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from services.transcription.base import Transcription
from services.transcription.engine import EngineTranscription
from services.upstream.engine_api import EngineApi
from services.upstream.http import HttpApi
from services.web.leaving import Browser
from tests.providers.stand_in_audio import pause
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine

PATIENCE_SECONDS = 1.0
LEFT_SECONDS = 10
"""Less than the 20 s that an upstream takes which nobody leaves."""


@pytest.fixture
def upstream() -> Iterator[StandInEngine]:
    with StandInEngine() as running:
        yield running


@pytest.fixture
def api(upstream: StandInEngine) -> Iterator[EngineApi]:
    made = EngineApi(upstream.state, SERVER_KEY, HttpApi(PATIENCE_SECONDS))
    yield made
    made.close()


@pytest.fixture(params=["engine"])
def transcription(api: EngineApi) -> Transcription:
    """Each implementation, in front of an upstream of its kind."""
    return EngineTranscription(api)


class Caller:
    """Somebody at the other end of a real connection."""

    def __init__(self) -> None:
        self.page, self._server = socket.socketpair()
        self.listener = Browser(self._server)

    def leave(self) -> float:
        """Close the page; gives the time."""
        now = time.monotonic()
        self.page.close()
        return now

    def close(self) -> None:
        self.page.close()
        self._server.close()


@pytest.fixture
def caller() -> Iterator[Caller]:
    made = Caller()
    yield made
    made.close()


def silent(handler: BaseHTTPRequestHandler) -> None:
    """Never answer."""
    try:
        pause(handler, 20)
    except ConnectionError:
        handler.close_connection = True


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """Begin well, and then send a byte now and then."""
    handler.send_response(200)
    handler.send_header("Content-Type", "audio/pcm")
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            pause(handler, 0.05)
    except ConnectionError:
        handler.close_connection = True


def dripping_head(handler: BaseHTTPRequestHandler) -> None:
    """Send a head that has no end."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            handler.wfile.write(b"x")
            pause(handler, 0.05)
    except ConnectionError:
        handler.close_connection = True
