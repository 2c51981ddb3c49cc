"""The end of a worker, in order: what is under way may end, what is new is refused.

SIGTERM comes when a new version is rolled out or a machine is shut down. gunicorn by itself stops
taking connections at once, while its port stays open: whoever connects would hang until the worker
is gone. So the worker goes on taking them for as long as anything is under way, but refuses new
work with 503 and `Retry-After`. What ends a call or keeps what was said in it is still done.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from services.errors import ServerStopping

if TYPE_CHECKING:
    from services.web.parts import Parts

STREAM_SECONDS = 30.0
"""Sound that is being sent may go on for so long."""
LEAVING_SECONDS = 4.0
"""What gunicorn needs afterwards: it keeps connections for two seconds, for what is on its way."""
STILL_DONE = frozenset(
    {
        "static",
        "health.healthz",
        "turns.save",
        "turns.withdraw",
        "realtime.heartbeat",
        "realtime.end",
        "realtime.usage",
        "reports.report",
    }
)
"""Endpoints: short work that a running call needs."""


class Stopping:
    """One for the process: what is under way, and whether an end is near."""

    def __init__(self) -> None:
        """Begin in the middle of life."""
        self.has_begun = False
        self._under_way: set[object] = set()
        self._leave: Callable[[], None] = _stay

    def begin(self, leave: Callable[[], None]) -> None:
        """Refuse new work from now on, and leave as soon as nothing is under way.

        Safe in a signal handler: it waits for no lock.
        """
        self._leave = leave
        self.has_begun = True
        if not self._under_way:
            leave()

    def enter(self, work: object) -> None:
        """Wait for this before leaving; what comes after `begin` is not waited for."""
        if not self.has_begun:
            self._under_way.add(work)

    def exit(self, work: object) -> None:
        """Note that this is over. It may be called in any thread, for any work, twice."""
        self._under_way.discard(work)
        # `begin` looks the other way round, so that one of both sees the last one go.
        if self.has_begun and not self._under_way:
            self._leave()


def init_app(app: Flask) -> None:
    """Refuse new work in this program once its end has begun."""
    parts: Parts = app.extensions["vivavoce"]

    def refuse() -> None:
        if parts.stopping.has_begun and request.endpoint not in STILL_DONE:
            raise ServerStopping("The server is restarting. Try again in a few seconds.")

    app.before_request(refuse)


def stop_in_order(worker: Any, parts: Parts) -> None:
    """Let this worker of gunicorn's end that way on SIGTERM; on SIGINT and SIGQUIT it ends at once.

    In any case relayed calls hear of it, which gunicorn would just cut.
    """
    hang_up = parts.relays.stop
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, partial(_end_at_once, hang_up))
    then: Any = signal.getsignal(signal.SIGTERM)
    leave = partial(then, signal.SIGTERM, None)
    patience = min(STREAM_SECONDS, max(worker.cfg.graceful_timeout - LEAVING_SECONDS, 0.1))

    def begin(_number: int, _frame: FrameType | None) -> None:
        if parts.stopping.has_begun:
            return  # systemd may tell all processes, and the supervisor tells its workers again
        # Whoever asks on a connection that stands had better look for another process.
        worker.cfg.set("keepalive", 0)
        signal.setitimer(signal.ITIMER_REAL, patience)
        hang_up()
        parts.stopping.begin(leave)

    signal.signal(signal.SIGALRM, lambda _number, _frame: leave())
    signal.signal(signal.SIGTERM, begin)
    for number in (signal.SIGTERM, signal.SIGALRM):
        # As gunicorn has it: what a thread reads or writes is not interrupted.
        signal.siginterrupt(number, False)


def _end_at_once(hang_up: Callable[[], None], _number: int, _frame: FrameType | None) -> None:
    hang_up()
    for number in (signal.SIGINT, signal.SIGQUIT):
        # A terminal tells all processes, and gunicorn tells its workers again: who is told twice
        # waits for no thread any more.
        signal.signal(number, lambda _number, _frame: os._exit(0))
    # gunicorn's own handler waits for a lock that the thread which it interrupts may hold: it
    # shuts the pool of threads down, perhaps in the middle of handing a request to it.
    sys.exit(0)


def _stay() -> None:
    """Nothing is about to end."""
