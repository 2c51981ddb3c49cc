"""How gunicorn's workers are set up, alike for `python app.py` and for a Procfile.

A Procfile names this file: `gunicorn --config python:services.web.workers`. Each small name below
is a setting of gunicorn's.
Source: https://docs.gunicorn.org/en/stable/settings.html
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from services.web.threads import THREADS

if TYPE_CHECKING:
    from services.web.parts import Parts

worker_class = "gthread"
threads = THREADS
timeout = 60
keepalive = 15
worker_connections = 4 * THREADS
"""Connections that are kept for the next request need no thread."""
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Keep collections short, and let relayed calls end in order with their worker."""
    # What is loaded by now stays for good. A full collection need not look at it again, which
    # takes a tenth of a second while sound flows, and copies all pages that workers share.
    gc.freeze()
    # gunicorn itself would just cut them.
    found: Parts = worker.wsgi.extensions["vivavoce"]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _stopping(found.relays.stop, signal.getsignal(number)))
    # As gunicorn has it: what a thread reads or writes is not interrupted.
    signal.siginterrupt(signal.SIGTERM, False)


def _stopping(stop: Callable[[], None], then: Any) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        stop()
        then(number, frame)

    return handle
