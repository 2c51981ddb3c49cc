"""Two gunicorn servers over one database and one Redis, behind a router without sticky sessions."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from tests.conftest import DATA
from tests.engine_process import KEY, EngineProcess
from tests.gunicorn_server import GunicornServer
from tests.round_robin import RoundRobin

CODE = "open sesame"
WORKERS = 2
"""Of each server."""


class Office:
    """Runs from `with` on; `url` leads to the router."""

    def __init__(self, folder: Path, database_url: str, redis_url: str, **environ: str) -> None:
        """Prepare to run with more configuration."""
        self.engine = EngineProcess(DATA / "quick.toml")
        self._folder = folder
        self._environ = {
            "SECRET_KEY": "known to both",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "AUTH_MODE": "code",
            "ACCESS_CODE": CODE,
            "CONNECT_VIA": "broker",
            "ENGINE_API_KEY": KEY,
            "WEB_CONCURRENCY": str(WORKERS),
            "PYTHONWARNINGS": "default",
            **environ,
        }
        self._stack = ExitStack()

    def __enter__(self) -> Office:
        with ExitStack() as stack:
            stack.enter_context(self.engine)
            environ = self._environ | {"ENGINE_URL": self.engine.url}
            self.servers = [
                stack.enter_context(GunicornServer(self._folder / f"{name}.log", **environ))
                for name in ("first", "second")
            ]
            ports = [server.port for server in self.servers]
            self.router = stack.enter_context(RoundRobin(ports))
            self._stack = stack.pop_all()
        self.url = self.router.url
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
