"""Puts the web program together."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from services.calls.book import CallBook
from services.calls.terms import Rules
from services.config import Config, read_environment
from services.errors import ConfigError
from services.providers.catalog import make_provider
from services.speech.catalog import make_speech
from services.storage.database import Database
from services.storage.migrate import migrate
from services.transcription.catalog import make_transcription
from services.upstream.engine_api import EngineApi
from services.upstream.engine_board import EngineBoard, EngineState
from services.web import (
    bodies,
    compression,
    conversations,
    cookies,
    health,
    logs,
    openapi,
    problems,
    provider_check,
    realtime,
    relay,
    request_log,
    security,
    settings,
    speech,
    talk,
    tools,
    transcriptions,
)
from services.web.model_watch import watch_models
from services.web.parts import Parts, install, utc_now
from services.web.tool_box import make_tools

ROOT = Path(__file__).parents[2]
GUNICORN_APP_LOAD_ERROR = 4
"""Exit status of a worker that tells gunicorn not to try again."""


def create_app(
    config: Config | None = None,
    board: EngineBoard | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Flask:
    """Make the web program.

    Args:
        config: None reads the environment; a mistake there ends the process with one line each.
        board: tells about the engine that runs as a child; None if there is no child.
        clock: gives the time in UTC.

    Raises:
        ConfigError: the database cannot be used.
    """
    config = config or _config_or_exit()
    logs.configure(config.log_level, config.log_format)
    app = Flask("vivavoce", root_path=str(ROOT))
    database = Database(config.database_url, ROOT)
    if database.file is not None:
        migrate(database)
    engine = EngineApi(_engine_state(config.engine_url, board), config.engine_api_key)
    provider = make_provider(config, engine)
    rules = Rules(
        modes=config.modes,
        connect_via=config.connect_via,
        call_seconds=60 * config.call_max_minutes,
        day_seconds=60 * config.daily_minutes_per_user,
    )
    book = CallBook(database, provider, rules, clock)
    voice = make_speech(config, engine, _speech_folder(database))
    ears = make_transcription(config, engine)
    models = watch_models(config, provider)
    box = make_tools(config, database, clock)
    install(app, Parts(config, database, provider, book, voice, ears, models, box, clock))
    for layer in (request_log, compression, bodies, problems, security, cookies):
        layer.init_app(app)
    for views in (talk, conversations, settings, realtime, relay, speech, transcriptions):
        app.register_blueprint(views.blueprint)
    for views in (provider_check, tools, health, openapi):
        app.register_blueprint(views.blueprint)
    models.start()
    return app


def _engine_state(url: str | None, board: EngineBoard | None) -> Callable[[], EngineState]:
    if url is not None:
        elsewhere = EngineState("ready", url)
        return lambda: elsewhere
    if board is not None:
        return board.read
    return lambda: EngineState("absent")


def _speech_folder(database: Database) -> Path:
    """Beside the database, or where it would lie."""
    folder = database.file.parent if database.file else ROOT / "instance"
    return folder / "speech"


def _config_or_exit() -> Config:
    try:
        return Config.from_env(read_environment(ROOT))
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(GUNICORN_APP_LOAD_ERROR)
