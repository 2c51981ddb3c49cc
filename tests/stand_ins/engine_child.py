"""The engine, in its own process and with a script, as what is behind a stand-in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.running import ROOT

KEY = "key-between-stand-in-and-engine"
STOP_SECONDS = 10


class EngineChild:
    """Runs from `with` on; may be shared by several stand-ins."""

    def __init__(self, script: Path, log: Path) -> None:
        self._script = script
        self._log = log
        self.url = ""
        """Where it listens."""

    def __enter__(self) -> EngineChild:
        command = [sys.executable, "-m", "services.engine", "--port", "0", "--announce"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--scripted", str(self._script)],
                cwd=ROOT,
                env=dict(os.environ) | {"ENGINE_API_KEY": KEY, "ENGINE_MAX_CALLS": "16"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout
        for line in self._process.stdout:
            word, _, url = line.strip().partition(" ")
            if word == "ready":
                self.url = url
                return self
        self.__exit__()
        raise RuntimeError(f"the engine did not start:\n{self._log.read_text('utf-8')[-3000:]}")

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()  # it ends when its parent's end of the pipe is closed
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
