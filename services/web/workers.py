"""How gunicorn's workers are set up, alike for `python app.py` and for a Procfile.

A Procfile names this file: `gunicorn --config python:services.web.workers`. Each small name below
is a setting of gunicorn's.
Source: https://docs.gunicorn.org/en/stable/settings.html
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from services.web import metric_files
from services.web.stopping import LEAVING_SECONDS, STREAM_SECONDS, stop_in_order
from services.web.threads import THREADS

if TYPE_CHECKING:
    from services.web.parts import Parts

worker_class = "gthread"
threads = THREADS
timeout = 60
keepalive = 15
worker_connections = 4 * THREADS
"""Connections that are kept for the next request need no thread."""
graceful_timeout = int(STREAM_SECONDS + LEAVING_SECONDS)
"""A platform that kills after less time is told by `--graceful-timeout`."""
control_socket_disable = True
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
"""What a proxy says is read in one place, `security.py`, and only if TRUSTED_PROXIES says so."""


def on_starting(_arbiter: object) -> None:
    """Make room for what workers count, before there are any."""
    metric_files.make_folder()


def on_exit(_arbiter: object) -> None:
    """Leave nothing of it behind."""
    metric_files.remove_folder()


def post_worker_init(worker: Any) -> None:
    """Keep collections short, tidy from hour to hour, and let the worker end in order."""
    _parts_of(worker).housekeeping.start()
    # What is loaded by now stays for good. A full collection need not look at it again, which
    # takes a tenth of a second while sound flows, and copies all pages that workers share.
    gc.freeze()
    stop_in_order(worker, _parts_of(worker))


def pre_request(worker: Any, request: object) -> None:
    """Wait for this request before the worker ends."""
    _parts_of(worker).stopping.enter(request)


def post_request(worker: Any, request: object, _environ: object, _response: object) -> None:
    """Note that its answer is out."""
    _parts_of(worker).stopping.exit(request)


def _parts_of(worker: Any) -> Parts:
    found: Parts = worker.wsgi.extensions["vivavoce"]
    return found
