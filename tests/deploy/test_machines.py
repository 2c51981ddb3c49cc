"""The README's site in front of two machines."""

from __future__ import annotations

import http.server
import threading
import urllib.error
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import install
from tests.conftest import need
from tests.deploy.site import Site, SiteVisitor

BUSY = b"all lines are busy"


class Machine(http.server.ThreadingHTTPServer):
    """Is busy, or dies over each request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []
        self.is_dying = False


class Answer(http.server.BaseHTTPRequestHandler):
    server: Machine

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.path)
        if self.server.is_dying:
            return
        self.send_response(503)
        self.send_header("Content-Length", str(len(BUSY)))
        self.end_headers()
        self.wfile.write(BUSY)

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture(scope="module")
def machines() -> Iterator[list[Machine]]:
    with ExitStack() as stack:
        made = [stack.enter_context(Machine()) for _ in range(2)]
        threads = [threading.Thread(target=machine.serve_forever) for machine in made]
        for thread in threads:
            thread.start()
        yield made
        for machine, thread in zip(made, threads, strict=True):
            machine.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def visitor(machines, tmp_path_factory) -> Iterator[SiteVisitor]:
    ports = [machine.server_port for machine in machines]
    with Site(need(install.nginx()), tmp_path_factory.mktemp("site"), *ports) as site:
        yield SiteVisitor(site)


@pytest.fixture
def post(machines, visitor):
    """Posts; gives status and body, and how often that was asked of a machine."""

    def post(path: str, *, dying: bool) -> tuple[int, bytes, int]:
        for machine in machines:
            machine.is_dying = dying
            machine.asked.clear()
        with pytest.raises(urllib.error.HTTPError) as refused:
            visitor.post(path, b"{}")
        with refused.value as answer:
            body = answer.read()
        return answer.code, body, sum(len(machine.asked) for machine in machines)

    return post


def test_what_all_machines_refuse_is_told_by_them_and_shuts_none_out(post):
    for _ in range(3):
        assert post("/api/realtime/session", dying=False) == (503, BUSY, 2)


def test_what_a_machine_left_undone_is_asked_of_the_next_one(post):
    code, _, times = post("/conversations/c1/turns", dying=True)

    assert (code, times) == (502, 2)


def test_a_tool_runs_once(post):
    code, _, times = post("/api/realtime/tools/notes", dying=True)

    assert (code, times) == (502, 1)
