"""A thousand attempts at once: who asks too often is told to wait, and others are served."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.running import RunningApp
from tests.test_bad_requests import Visitor, refused

ATTEMPTS = 1000
PER_MINUTE = 10
AT_ONCE = 16
MEGABYTE = 1024 * 1024


@pytest.fixture
def app(tmp_path) -> Iterator[RunningApp]:
    with (
        StandInEngine() as engine,
        RunningApp(
            tmp_path / "app",
            ENGINE_URL=engine.url,
            ENGINE_API_KEY=SERVER_KEY,
            MINTS_PER_MINUTE=str(PER_MINUTE),
            WEB_CONCURRENCY="1",
        ) as running,
    ):
        yield running


def memory_of(app: RunningApp) -> int:
    """Bytes of the process that answers."""
    assert app.process is not None
    return psutil.Process(app.process.pid).children()[0].memory_info().rss


def test_a_thousand_mints_are_refused_and_others_are_served(app):
    ada, ben = Visitor(app), Visitor(app)

    def mint(_: int) -> tuple[int, list, bytes]:
        return ada.send("POST", "/api/realtime/session", "{}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        began = time.monotonic()
        # Threads and connections are there from then on.
        first = list(pool.map(mint, range(AT_ONCE)))
        before = memory_of(app)
        answers = list(pool.map(mint, range(ATTEMPTS)))
        minutes = int((time.monotonic() - began) // 60) + 1
        of_ben = [ben.mint()["call_id"] for _ in range(3)]

    counts = Counter(status for status, _, _ in first + answers)
    assert set(counts) == {201, 429}
    assert counts[201] <= PER_MINUTE * minutes  # on a slow machine the next minute may come
    last = next(answer for answer in reversed(answers) if answer[0] == 429)
    assert refused(last, 429)["retryable"] is True
    assert 1 <= int(dict(last[1])["Retry-After"]) <= 60
    assert len(set(of_ben)) == 3
    assert memory_of(app) - before < 20 * MEGABYTE
