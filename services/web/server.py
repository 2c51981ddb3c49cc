"""Serves the web program with gunicorn inside this process.

The process that calls `serve` supervises worker processes, which answer requests with threads.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from services.errors import ConfigError
from services.web import workers


@dataclass(frozen=True)
class Hooks:
    """What else happens in the life of the server."""

    on_listening: Callable[[], None]
    """In the supervising process, once requests are taken."""
    in_worker: Callable[[], None]
    """In each worker, right after it was forked."""
    on_exit: Callable[[], None]
    """In the supervising process, when it ends in order."""


def listen(host: str, port: int) -> socket.socket:
    """Take a TCP port.

    Raises:
        ConfigError: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
        # A port whose last owner has just ended can be taken again at once.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        raise ConfigError(
            f"PORT: cannot listen on {host}:{port}: {error.strerror}; another one can be set, "
            f"as in PORT={port + 1 if port < 65535 else 8000}"
        ) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Give the URL at which a browser on this machine finds the page."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    make_app: Callable[[], Flask], listener: socket.socket, processes: int, hooks: Hooks
) -> None:
    """Serve until SIGINT or SIGTERM; does not return in a worker, nor here: it ends the process."""
    # Under nohup a closed terminal is no reason to end.
    is_deaf = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN

    def when_ready(_arbiter: object) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN if is_deaf else _end)
        hooks.on_listening()

    def on_exit(arbiter: object) -> None:
        workers.on_exit(arbiter)
        hooks.on_exit()

    _Server(
        make_app,
        {
            "bind": f"fd://{listener.detach()}",
            "workers": processes,
            "proc_name": "vivavoce",
            # Our own log has a line about each request; gunicorn's tells of its processes.
            "accesslog": None,
            "loglevel": "warning",
            "when_ready": when_ready,
            "post_fork": lambda _arbiter, _worker: hooks.in_worker(),
            "on_exit": on_exit,
        },
    ).run()


def _end(_signal: int, _frame: object) -> None:
    """End in order; gunicorn itself would take a hang-up for "reload"."""
    os.kill(os.getpid(), signal.SIGTERM)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, make_app: Callable[[], Flask], settings: dict[str, Any]) -> None:
        self._make_app = make_app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in (vars(workers) | self._settings).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make_app()
