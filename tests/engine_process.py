"""The engine alone, in its own process: `python -m services.engine`."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.running import ROOT, clean_environment

KEY = "the-server-key"
END_SECONDS = 10


class EngineProcess:
    """A scripted engine on a free port; ends with the `with`."""

    def __init__(self, script: Path) -> None:
        self._script = script
        self.url = ""

    def __enter__(self) -> EngineProcess:
        """Start and wait until it takes calls."""
        command = [sys.executable, "-m", "services.engine", "--announce", "--port", "0"]
        self._process = subprocess.Popen(
            [*command, "--scripted", str(self._script)],
            cwd=ROOT,
            env=clean_environment() | {"ENGINE_API_KEY": KEY, "LOG_LEVEL": "WARNING"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        for line in self._process.stdout:
            word, _, self.url = line.strip().partition(" ")
            if word == "ready":
                return self
        raise RuntimeError("the engine ended before it was ready")

    def __exit__(self, *_: object) -> None:
        """Close its standard input, which ends it."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()

    @property
    def open_calls(self) -> int:
        """How many calls are open."""
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
            return int(json.load(answer)["calls"])

    def mint(self) -> str:
        """Get a browser's key."""
        request = urllib.request.Request(f"{self.url}/v1/realtime/client_secrets", b"")
        request.add_header("Authorization", f"Bearer {KEY}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(json.load(answer)["value"])
