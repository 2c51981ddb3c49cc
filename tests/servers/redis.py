"""A real Redis server on a port of its own; it keeps nothing on disk."""

from __future__ import annotations

import subprocess
import tempfile

from tests.running import free_port

STOP_SECONDS = 10


class RedisServer:
    """Runs from `with` on."""

    def __init__(self, program: str) -> None:
        """Prepare to run this program."""
        self._program = program
        self._port = free_port()
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """As an operator writes it."""
        return f"redis://127.0.0.1:{self._port}/0"

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        address = ["--bind", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(
            [self._program, *address, "--save", "", "--dir", tempfile.gettempdir()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout
        said = ""
        for line in self._process.stdout:
            said += line
            # Some lines are all it ever says, so the pipe cannot fill.
            if "Ready to accept connections" in line:
                return
        self.stop()
        raise RuntimeError(f"{self._program} did not start:\n{said[-2000:]}")

    def stop(self) -> None:
        """End it; it may have ended already."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        finally:
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()
