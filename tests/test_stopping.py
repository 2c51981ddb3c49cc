"""Nothing of the running program outlives it, however it ends."""

from __future__ import annotations

import os
import signal
import urllib.request

import psutil
import pytest

from tests.running import STOP_SECONDS


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
def test_ending_it_leaves_no_process(app_with, how):
    app = app_with()
    family = app.processes()
    assert len(family) >= 3, "the supervisor, a worker, the engine"

    survivors = app.stop(by=how)

    assert survivors == []
    assert [process for process in family if process.is_running()] == []


def test_a_terminal_tells_all_of_them_and_nothing_is_printed_but_news(app_with):
    app = app_with()
    urllib.request.urlopen(app.url, timeout=10).close()  # a thread of a worker has begun
    group = os.getpgid(app.process.pid)
    family = [each for each in app.processes() if os.getpgid(each.pid) == group]

    for process in family:
        process.send_signal(signal.SIGINT)
    _, survivors = psutil.wait_procs(family, STOP_SECONDS)
    app.stop()

    assert survivors == []
    assert "Traceback" not in app.log


def test_the_engine_ends_with_a_parent_that_was_killed(app_with):
    app = app_with()
    family = app.processes()[1:]

    app.programs["web"].kill()

    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    assert alive == []


def test_an_engine_that_died_is_started_again(app_with):
    app = app_with()
    first = app.programs["engine"]

    first.kill()
    app.wait_for_log("is started again")
    app.wait_for_log("ready at", times=3)  # the first engine, the program, the second engine

    assert app.programs["engine"].pid != first.pid
    assert app.log.count("Vivavoce is ready at") == 1
