"""The program as it is run: processes, signals and the wire."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.running import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 30

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `python app.py` on a free port."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str, **environ: str) -> subprocess.Popen[str]:
        fixed = {"DATABASE_URL": f"sqlite:///{tmp_path}/vivavoce.db", "LOG_LEVEL": "WARNING"}
        process = subprocess.Popen(
            [sys.executable, "app.py", "--port", "0", *options],
            cwd=ROOT,
            env=os.environ | fixed | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    # Whoever was started by `nohup` is deaf to it, and so is the program.
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield run
    signal.signal(signal.SIGHUP, before)
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def engine() -> Iterator[StandInEngine]:
    with StandInEngine() as running:
        yield running


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line.startswith("Vivavoce is ready at http://127.0.0.1:"), line
    return int(line.rpartition(":")[2])


def elsewhere(engine: StandInEngine) -> dict[str, str]:
    return {"ENGINE_URL": engine.url, "ENGINE_API_KEY": SERVER_KEY}


def ask(port: int, request: bytes, *, is_all: bool = False) -> tuple[int, bytes]:
    """Send bytes on a connection of their own; gives status and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(request)
        if is_all:
            # Nothing more will come; a server that waits for more must not wait for ever.
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def head(port: int, start_line: str, **headers: str) -> bytes:
    lines = [start_line, f"Host: 127.0.0.1:{port}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def cookie_of(port: int) -> str:
    """Visit the page."""
    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE_SECONDS)
    with answer:
        return answer.headers["Set-Cookie"].partition(";")[0]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_says_when_it_can_talk_and_leaves_nothing_behind(start, engine, how):
    process = start(**elsewhere(engine))
    port = port_of(process)
    status, body = ask(port, head(port, "GET /readyz HTTP/1.1"))
    family = psutil.Process(process.pid).children(recursive=True)

    process.send_signal(how)

    assert (status, json.loads(body)["status"]) == (200, "ready")
    assert process.wait(PATIENCE_SECONDS) == 0
    assert family
    assert not [child for child in family if child.is_running()]


def test_the_page_is_served_while_the_engine_is_not_ready(start, engine):
    engine.answer_always(503, b'{"status":"loading"}')
    port = free_port()
    process = start("--port", str(port), **elsewhere(engine))
    while True:
        try:
            status, body = ask(port, head(port, "GET /readyz HTTP/1.1"))
            break
        except ConnectionError:
            assert process.poll() is None

    assert (status, json.loads(body)["checks"]["provider"]["status"]) == (503, "engine-starting")
    assert ask(port, head(port, "GET /healthz HTTP/1.1"))[0] == 200
    engine.instead = None
    assert port_of(process) == port


def test_a_megabyte_is_refused_so_that_its_sender_hears_it(start, engine):
    port = port_of(start(**elsewhere(engine)))
    origin = f"http://127.0.0.1:{port}"
    body = b"x" * 1_000_000
    request = head(
        port,
        "POST /api/realtime/session HTTP/1.1",
        Origin=origin,
        Content_Type="application/json",
        Content_Length=str(len(body)),
        Cookie=cookie_of(port),
    )

    status, answer = ask(port, request + body)

    assert (status, json.loads(answer)["code"]) == (413, "body-too-large")


def test_a_body_that_stops_is_refused(start, engine):
    port = port_of(start(**elsewhere(engine)))
    request = head(
        port,
        "POST /api/realtime/session HTTP/1.1",
        Origin=f"http://127.0.0.1:{port}",
        Content_Type="application/json",
        Content_Length="100",
        Cookie=cookie_of(port),
    )

    status, answer = ask(port, request + b"{", is_all=True)

    assert (status, json.loads(answer)["code"]) == (408, "request-timeout")


def test_a_port_that_is_taken_is_told_in_one_line(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("--port", str(taken.getsockname()[1]))
        out, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert (process.returncode, out) == (1, "")
    assert err.startswith("PORT: cannot listen") and err.count("\n") == 1


def test_mistakes_in_the_environment_are_told_one_a_line(start):
    process = start("--host", "0.0.0.0", LOG_FORMAT="xml", VIVAVOCE_PORT="1")
    out, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert (process.returncode, out) == (1, "")
    assert sorted(line.partition(":")[0] for line in err.splitlines()) == [
        "HOST",
        "LOG_FORMAT",
        "VIVAVOCE_PORT",
    ]


def test_the_procfile_runs(tmp_path, engine):
    commands = dict(
        line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines()
    )
    assert set(commands) == {"web", "release", "engine"}
    port = free_port()
    environ = os.environ | elsewhere(engine)
    environ |= {"DATABASE_URL": f"sqlite:///{tmp_path}/v.db", "PORT": str(port), "ALLOW_OPEN": "1"}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"

    assert subprocess.run(commands["release"], shell=True, cwd=ROOT, env=environ).returncode == 0
    web = subprocess.Popen(
        ["/bin/sh", "-c", "exec env " + commands["web"]],
        cwd=ROOT,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    )
    with web:
        assert web.stderr is not None
        while "Listening at" not in web.stderr.readline():
            assert web.poll() is None
        status, _ = ask(port, head(port, "GET /readyz HTTP/1.1"))
        web.terminate()
        web.communicate()

    assert status == 200
