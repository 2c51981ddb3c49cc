"""Runs the web program and, beside it, the engine."""

from __future__ import annotations

import dataclasses
import secrets
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from services.config import Config
from services.errors import ProviderError
from services.providers.engine_process import EngineProcess, engine_command, engine_environment
from services.storage.database import Database
from services.storage.migrate import migrate
from services.upstream.engine_api import EngineApi
from services.upstream.engine_board import EngineBoard, EngineState
from services.web import logs
from services.web.factory import ROOT, create_app
from services.web.readiness import Readiness
from services.web.server import Hooks, address_of, listen, serve

POLL_SECONDS = 1.0
"""Between two questions whether an engine elsewhere can talk."""


def run(config: Config, environ: Mapping[str, str], scripted: Path | None) -> None:
    """Serve until SIGINT or SIGTERM, with an engine of our own if one is needed here.

    Args:
        config: what the operator set.
        environ: what the engine is started with; it has names of its own.
        scripted: a script that the engine follows instead of using models.

    Raises:
        ConfigError: the port cannot be had, or the database not be used.
    """
    logs.configure(config.log_level, config.log_format)
    # Leaves no connection open: workers are forked, and must not share one.
    migrate(Database(config.database_url, ROOT))
    listener = listen(config.host, config.port)
    readiness = Readiness(address_of(listener))
    if config.engine_url is not None or not config.needs_engine:
        if config.engine_url is not None and config.needs_engine:
            _await_engine(config, config.engine_url, readiness)
        else:
            readiness.engine()
        hooks = Hooks(readiness.page, in_worker=_nothing, on_exit=_nothing)
        serve(partial(create_app, config), listener, config.web_concurrency, hooks)
        return
    config = dataclasses.replace(
        config, engine_api_key=config.engine_api_key or secrets.token_urlsafe(24)
    )
    board = EngineBoard()
    engine = EngineProcess(
        engine_command(scripted.resolve() if scripted else None),
        engine_environment(environ, config.engine_api_key or ""),
        ROOT,
        board,
        readiness.engine,
    )
    engine.start()
    hooks = Hooks(readiness.page, in_worker=engine.disown, on_exit=engine.stop)
    serve(partial(create_app, config, board), listener, config.web_concurrency, hooks)


def _await_engine(config: Config, url: str, readiness: Readiness) -> None:
    state = EngineState("ready", url)
    engine = EngineApi(lambda: state, config.engine_api_key)
    threading.Thread(target=_poll, args=(engine, readiness), daemon=True).start()


def _poll(engine: EngineApi, readiness: Readiness) -> None:
    pause = threading.Event()
    while True:
        try:
            engine.check()
        except ProviderError:
            pause.wait(POLL_SECONDS)
        else:
            engine.close()
            readiness.engine()
            return


def _nothing() -> None:
    """Do nothing: there is no child to look after."""
