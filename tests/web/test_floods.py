"""A thousand attempts at once: who asks too often is told to wait, and others are served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.running import RunningApp
from tests.test_bad_requests import Visitor, refused

ATTEMPTS = 1000
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
            MINTS_PER_MINUTE="10",
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
        list(pool.map(mint, range(AT_ONCE)))  # threads and connections are there from now on
        before = memory_of(app)
        answers = list(pool.map(mint, range(ATTEMPTS)))
        of_ben = [ben.mint()["call_id"] for _ in range(3)]

    assert Counter(status for status, _, _ in answers) == {429: ATTEMPTS}
    assert refused(answers[-1], 429)["retryable"] is True
    assert 1 <= int(dict(answers[-1][1])["Retry-After"]) <= 60
    assert len(set(of_ben)) == 3
    assert memory_of(app) - before < 20 * MEGABYTE
