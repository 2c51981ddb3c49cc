"""The real program in its own process, for tests and for the bench."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from types import TracebackType

import psutil

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60
"""Loading the models on a slow disk takes longest."""
STOP_SECONDS = 15
PORTS_EACH = 1500
"""For one process of a test run; eight of them lie below 32768, where Linux begins to choose."""
_ports = itertools.count(os.getpid() * 929)  # neighbouring process ids begin far apart


class RunningApp:
    """`python app.py` on a free port, with its own database and log; ends with the `with`."""

    def __init__(self, folder: Path, *, scripted: Path | None = None, **environ: str) -> None:
        """Prepare to run in a folder of its own.

        Args:
            folder: for database, key file and log.
            scripted: script for the engine's stages instead of models.
            environ: more configuration.
        """
        self.folder = folder
        self.log_file = folder / "app.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "app.py", "--host", "127.0.0.1", "--port", str(self.port)]
        if scripted:
            self._command += ["--scripted", str(scripted)]
        self._environ = clean_environment() | {
            "DATABASE_URL": f"sqlite:///{folder}/vivavoce.db",
            "DAILY_MINUTES_PER_USER": "1440",
            "MINTS_PER_MINUTE": "1000",
            "CALLS_PER_USER": "100",
            "PYTHONWARNINGS": "default",
            **environ,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._line = threading.Condition()

    def __enter__(self) -> RunningApp:
        """Start and wait until it can talk; after an end it starts again, at the same address."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        # Of this start alone: what reads the log of the one before may still be at its end.
        is_ready: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read_log, args=(self.process, is_ready))
        self._reader.start()
        try:
            has_begun = is_ready.get(timeout=READY_SECONDS)
        except queue.Empty:
            has_begun = False
        if not has_begun or self.process.poll() is not None:
            self.stop()
            raise RuntimeError(f"app.py did not become ready:\n{self.log[-4000:]}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """End it and all of its children."""
        self.stop()

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self.log_file.read_text("utf-8", errors="replace")

    @property
    def programs(self) -> dict[str, psutil.Process]:
        """The web program (with the workers' parent) and the engine."""
        assert self.process is not None
        return {"web": psutil.Process(self.process.pid), "engine": self._engine()}

    @property
    def engine_url(self) -> str:
        """Where the child listens, in its own words."""
        return re.findall(r"listening at (http://\S+)", self.log)[-1]

    @property
    def engine_key(self) -> str:
        """The key that the web program made up for its child."""
        return self._engine().environ()["ENGINE_API_KEY"]

    def processes(self) -> list[psutil.Process]:
        """The program and everything that it started."""
        assert self.process is not None
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def stop(self, *, by: int = signal.SIGINT) -> list[psutil.Process]:
        """End it as Ctrl-C does; may be called twice.

        Returns:
            Processes that were still there and had to be killed.
        """
        if self.process is None:
            return []
        try:
            children = self.processes()[1:]
        except psutil.NoSuchProcess:
            children = []
        self.process.send_signal(by)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            children.append(psutil.Process(self.process.pid))
        _, alive = psutil.wait_procs(children, timeout=STOP_SECONDS / 3)
        for survivor in alive:
            survivor.kill()
        self.process.wait(STOP_SECONDS)
        self._reader.join(STOP_SECONDS)
        self.process = None
        return alive

    def kill(self) -> None:
        """End all of its processes at once, as a loss of power does."""
        assert self.process is not None
        psutil.Process(self.process.pid).suspend()  # or a worker is born while the others die
        family = self.processes()
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(STOP_SECONDS)
        psutil.wait_procs(family, timeout=STOP_SECONDS)
        self._reader.join(STOP_SECONDS)
        self.process = None

    def wait_for_log(self, words: str, *, times: int = 1) -> None:
        """Wait until words stand in the log so many times."""
        with self._line:
            found = self._line.wait_for(lambda: self.log.count(words) >= times, STOP_SECONDS)
        assert found, f"{words!r} is not in the log {times} times:\n{self.log[-4000:]}"

    def transcribe(self, wav: bytes) -> str:
        """Let the engine write down a WAV file."""
        boundary = "vivavoce-test-boundary"
        body = (
            (
                f'--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n'
                "Content-Type: audio/wav\r\n\r\n"
            ).encode()
            + wav
            + f"\r\n--{boundary}--\r\n".encode()
        )
        return json.loads(
            self.ask_engine(
                "/v1/audio/transcriptions", body, f"multipart/form-data; boundary={boundary}"
            )
        )["text"]

    def speak(self, text: str) -> bytes:
        """Let the engine say a sentence; gives a WAV file."""
        wish = {"model": "piper", "input": text, "response_format": "wav"}
        return self.ask_engine("/v1/audio/speech", json.dumps(wish).encode(), "application/json")

    def ask_engine(self, path: str, body: bytes, content_type: str) -> bytes:
        """POST to the engine as the web program does."""
        request = urllib.request.Request(self.engine_url + path, body)
        request.add_header("Content-Type", content_type)
        request.add_header("Authorization", f"Bearer {self.engine_key}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def _engine(self) -> psutil.Process:
        return next(found for found in self.processes() if "services.engine" in found.cmdline())

    def _read_log(
        self, process: subprocess.Popen[bytes], is_ready: queue.SimpleQueue[bool]
    ) -> None:
        assert process.stdout
        with self.log_file.open("ab") as log, process.stdout as lines:
            for line in lines:
                log.write(line)
                log.flush()
                with self._line:
                    self._line.notify_all()
                if b"is ready at" in line:
                    is_ready.put(True)
        is_ready.put(False)  # it has ended: nobody needs to wait any more


def clean_environment() -> dict[str, str]:
    """Our environment with every config name empty, so that no `.env` shines through either."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("VIVAVOCE_")
    } | {name: "" for name in config_names() if name != "WEB_CONCURRENCY"}  # gunicorn reads it, too


def config_names() -> set[str]:
    """Every name of `.env.example`."""
    text = (ROOT / ".env.example").read_text("utf-8")
    return set(re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", text, re.M))


def free_port() -> int:
    """A TCP port that nobody uses, and that nobody is likely to take before its user binds it.

    The system gives the ports of its own range to everybody who binds 0 or connects somewhere, so
    one of those may be taken a moment after it was found free. Ours lie below that range: each
    process of a test run has a block, in which it counts up, so it gives none twice; where it
    begins depends on the process, since several runs may share a machine.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    block = int(worker.removeprefix("gw")) % 8 if worker else -1
    first = 20_000 + PORTS_EACH * block
    for number in itertools.islice(_ports, PORTS_EACH):
        port = first + number % PORTS_EACH
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError(f"no port from {first} on is free")
