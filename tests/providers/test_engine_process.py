"""The supervisor, with a small program in place of the engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from services.providers.engine_process import EngineProcess, engine_command, engine_environment
from services.upstream.engine_board import EngineBoard, EngineState

PATIENCE_SECONDS = 20

CHILD = """
import os, sys
print(f"listening http://127.0.0.1:{os.getpid()}", flush=True)
print(f"ready http://127.0.0.1:{os.getpid()}", flush=True)
"""
OBEDIENT = CHILD + "sys.stdin.read()"
DEAF = CHILD + "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)"


class Ready:
    """Hears that the child can talk, as often as it happens."""

    def __init__(self) -> None:
        self._times = threading.Semaphore(0)

    def note(self) -> None:
        self._times.release()

    def wait(self) -> None:
        assert self._times.acquire(timeout=PATIENCE_SECONDS), "the child was never ready"


@pytest.fixture
def board() -> EngineBoard:
    return EngineBoard()


@pytest.fixture
def ready() -> Ready:
    return Ready()


@pytest.fixture
def supervise(board, ready, tmp_path) -> Iterator[Callable[[str], EngineProcess]]:
    started = []

    def start(program: str) -> EngineProcess:
        command = [sys.executable, "-c", program]
        process = EngineProcess(command, os.environ, tmp_path, board, ready.note)
        started.append(process)
        process.start()
        return process

    yield start
    for process in started:
        process.stop()


def pid_on(board: EngineBoard) -> int:
    return int(board.read().url.rpartition(":")[2])


def test_the_board_tells_where_the_child_listens(supervise, board, ready):
    supervise(OBEDIENT)
    ready.wait()

    state = board.read()
    assert state == EngineState("ready", f"http://127.0.0.1:{pid_on(board)}")


def test_a_child_that_dies_is_started_again(supervise, board, ready):
    supervise(OBEDIENT)
    ready.wait()
    first = pid_on(board)

    os.kill(first, signal.SIGKILL)
    ready.wait()

    assert pid_on(board) != first


def test_a_child_ends_with_its_supervisor(supervise, board, ready):
    process = supervise(OBEDIENT)
    ready.wait()

    process.stop()
    process.stop()

    assert not psutil.pid_exists(pid_on(board))


def test_a_child_that_does_not_listen_is_killed(supervise, board, ready, monkeypatch):
    monkeypatch.setattr("services.providers.engine_process.GRACE_SECONDS", 0.1)
    process = supervise(DEAF)
    ready.wait()

    process.stop()

    assert not psutil.pid_exists(pid_on(board))


class WatchedBoard(EngineBoard):
    """Tells when a failure is posted."""

    def __init__(self) -> None:
        super().__init__()
        self.failed = threading.Event()

    def post(self, state: EngineState) -> None:
        super().post(state)
        if state.phase == "failed":
            self.failed.set()


def test_a_program_that_cannot_be_started_is_reported(tmp_path):
    board = WatchedBoard()
    process = EngineProcess([str(tmp_path / "missing")], {}, tmp_path, board, lambda: None)

    process.start()
    assert board.failed.wait(PATIENCE_SECONDS)
    process.stop()

    assert "cannot be started" in board.read().detail


def test_stopping_before_starting_is_no_mistake(board, tmp_path):
    EngineProcess([sys.executable], {}, tmp_path, board, lambda: None).stop()


def test_the_child_ends_when_its_supervisor_is_killed(tmp_path):
    program = f"""
import pathlib, sys, threading
from services.upstream.engine_board import EngineBoard
from services.providers.engine_process import EngineProcess
board, ready = EngineBoard(), threading.Event()
child = [sys.executable, "-c", {OBEDIENT!r}]
EngineProcess(child, {{}}, pathlib.Path.cwd(), board, ready.set).start()
ready.wait()
print(board.read().url, flush=True)
threading.Event().wait()
"""
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        text=True,
    )
    with supervisor:
        assert supervisor.stdout is not None
        child = psutil.Process(int(supervisor.stdout.readline().strip().rpartition(":")[2]))
        supervisor.kill()

    # Where nothing reaps orphans the ended child stays in the table as a zombie.
    child_ended = not child.is_running() or _ends(child)
    assert child_ended


def _ends(child: psutil.Process) -> bool:
    deadline = threading.Event()
    timer = threading.Timer(PATIENCE_SECONDS, deadline.set)
    timer.start()
    try:
        while not deadline.wait(0.01):
            try:
                if child.status() == psutil.STATUS_ZOMBIE:
                    return True
            except psutil.NoSuchProcess:
                return True
        return False
    finally:
        timer.cancel()
        timer.join()


def test_the_child_gets_its_key_and_none_of_our_secrets():
    environ = {"SECRET_KEY": "a", "DATABASE_URL": "b", "LLM_API_KEY": "c", "PATH": "/bin",
               "ENGINE_API_KEY_FILE": "/run/key"}  # fmt: skip

    given = engine_environment(environ, "made-up")

    assert given == {"LLM_API_KEY": "c", "PATH": "/bin", "ENGINE_API_KEY": "made-up"}


def test_the_command_is_the_one_that_the_engine_knows(tmp_path):
    command = engine_command(tmp_path / "script.toml")

    assert command[1:3] == ["-m", "services.engine"]
    assert command[3:] == ["--host", "127.0.0.1", "--port", "0", "--announce",
                           "--scripted", str(tmp_path / "script.toml")]  # fmt: skip
