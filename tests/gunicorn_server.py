"""The web program as a platform starts it: the line of the Procfile, in a process group."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.running import ROOT, clean_environment, free_port

READY_SECONDS = 60
STOP_SECONDS = 40
"""Longer than running requests get."""


class GunicornServer:
    """Serves on a free port from `with` on."""

    def __init__(self, log_file: Path, **environ: str) -> None:
        """Prepare to run with this configuration."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = log_file
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        self._environ = clean_environment() | environ | {"PORT": str(self.port), "PATH": path}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> GunicornServer:
        """Start and wait until it is ready."""
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                procfile()["web"],
                shell=True,
                cwd=ROOT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"gunicorn is not ready:\n{self.log[-4000:]}")
            time.sleep(0.1)  # gunicorn tells nobody when its workers are there
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self.log_file.read_text("utf-8", errors="replace")

    def stop(self) -> None:
        """End it in order; it may have ended already."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it with all of its workers in the middle of whatever they do."""
        self._end(signal.SIGKILL)

    def _end(self, by: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            os.killpg(process.pid, by)
            process.wait(STOP_SECONDS)
        finally:
            # A shell may end before those whom it started.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=10):
                return True
        except (urllib.error.URLError, OSError):
            return False


def procfile() -> dict[str, str]:
    """What a platform runs, by the kind of process."""
    lines = (ROOT / "Procfile").read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)
