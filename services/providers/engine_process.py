"""Supervises the engine as a child: start, wait, start again if it dies, end.

The child holds the other end of a pipe as its stdin and ends when that closes. So it ends with
its parent even if the parent is killed outright.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from services.upstream.engine_board import EngineBoard, EngineState

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""After an engine that lived this long the delays begin anew."""
GRACE_SECONDS = 5.0
"""How long a child may take to end before it is told more firmly."""
OURS_ALONE = re.compile(
    r"(SECRET_KEY|DATABASE_URL|MCP_SERVERS|(OPENAI|AZURE|ELEVENLABS|SPEECH|TRANSCRIPTION)_.*)(_FILE)?"
)
"""Names of what only the web program needs: most are secrets."""

log = logging.getLogger(__name__)

# A worker forked while the child is being spawned would inherit the pipe on which `Popen` waits
# for the end of file, and `Popen` would not return before that worker ends.
_spawning = threading.Lock()
os.register_at_fork(
    before=_spawning.acquire, after_in_parent=_spawning.release, after_in_child=_spawning.release
)


def engine_command(scripted: Path | None = None) -> list[str]:
    """Give the command that starts the engine on a free port of this machine."""
    command = [sys.executable, "-m", "services.engine"]
    command += ["--host", "127.0.0.1", "--port", "0", "--announce"]
    return command + (["--scripted", str(scripted)] if scripted else [])


def engine_environment(environ: Mapping[str, str], api_key: str) -> dict[str, str]:
    """Give the child's environment: ours, without our secrets, with its key."""
    kept = {name: value for name, value in environ.items() if not OURS_ALONE.fullmatch(name)}
    kept.pop("ENGINE_API_KEY_FILE", None)
    return kept | {"ENGINE_API_KEY": api_key}


class EngineProcess:
    """One child at a time, looked after by a thread."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        folder: Path,
        board: EngineBoard,
        on_ready: Callable[[], None],
    ) -> None:
        """Prepare to run a command in a folder and to report on the board.

        `on_ready` is called in the thread each time the child can talk.
        """
        self._command = list(command)
        self._environ = dict(environ)
        self._folder = folder
        self._board = board
        self._on_ready = on_ready
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._supervise, name="engine", daemon=True)

    def start(self) -> None:
        """Start the child and look after it."""
        self._thread.start()

    def stop(self) -> None:
        """End the child and the thread; may be called twice."""
        with self._lock:
            self._stopping.set()
            child = self._child
        if child is not None:
            _end(child)
        if self._thread.is_alive():
            self._thread.join(GRACE_SECONDS)

    def disown(self) -> None:
        """Let go of the child's pipes, in a worker that was forked from the supervisor.

        Otherwise the child would not notice that the supervisor is gone while a worker lives.
        """
        child, self._child = self._child, None
        for pipe in (child.stdin, child.stdout) if child else ():
            if pipe is not None:
                os.close(pipe.fileno())

    def _supervise(self) -> None:
        delay = 0.0
        while not self._stopping.wait(delay):
            started = time.monotonic()
            reason = self._run_once()
            if self._stopping.is_set():
                return
            self._board.post(EngineState("failed", detail=reason))
            lived = time.monotonic() - started
            delay = FIRST_DELAY_SECONDS if lived > STEADY_SECONDS else _longer(delay)
            log.error("the engine %s; it is started again in %g s", reason, delay)

    def _run_once(self) -> str:
        """Run a child from start to end; say how it ended."""
        with self._lock:
            if self._stopping.is_set():
                return "was stopped"
            try:
                self._child = self._spawn()
            except OSError as error:
                return f"cannot be started: {error}"
        child = self._child
        self._board.post(EngineState("starting"))
        with child:
            assert child.stdout is not None  # for the type checker: it was asked for
            for line in child.stdout:
                self._heed(line.strip())
            _end(child)
        self._child = None
        return f"ended with status {child.returncode}"

    def _spawn(self) -> subprocess.Popen[str]:
        with _spawning:
            return subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                # Ctrl-C in a terminal reaches the whole group; the child is told by its stdin.
                process_group=0,
            )

    def _heed(self, line: str) -> None:
        word, _, url = line.partition(" ")
        if word == "listening":
            self._board.post(EngineState("loading", url))
        elif word == "ready":
            self._board.post(EngineState("ready", url))
            self._on_ready()
        elif line:
            log.info("engine: %s", line)


def _longer(delay: float) -> float:
    return min(max(2 * delay, FIRST_DELAY_SECONDS), LONGEST_DELAY_SECONDS)


def _end(child: subprocess.Popen[str]) -> None:
    """Ask by closing stdin, then by SIGTERM, then do not ask."""
    if child.stdin is not None:
        try:
            child.stdin.close()
        except OSError as error:
            log.debug("closing the engine's stdin: %s", error)
    for insist in (child.terminate, child.kill):
        try:
            child.wait(GRACE_SECONDS)
            return
        except subprocess.TimeoutExpired:
            insist()
    child.wait()
