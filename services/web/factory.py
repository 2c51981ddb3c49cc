"""Puts the web program together."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from services.accounts.catalog import make_issuer, make_people
from services.calls.catalog import make_book
from services.calls.sweeper import Sweeper
from services.config import Config, read_environment
from services.errors import ConfigError
from services.privacy.eraser import Eraser
from services.privacy.parties import make_ledger
from services.providers.catalog import make_provider, make_spare
from services.speech.cache import SpeechCache
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
    exports,
    failures,
    health,
    insights,
    limits,
    logs,
    metrics,
    openapi,
    page_person,
    privacy,
    problems,
    provider_check,
    realtime,
    relay,
    reports,
    request_log,
    security,
    sessions,
    settings,
    sign_in,
    speech,
    stopping,
    talk,
    tools,
    transcriptions,
    turns,
)
from services.web.housekeeping import Housekeeping
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
    has_engine = config.engine_url is not None or board is not None
    spare = make_spare(config, engine, has_engine=has_engine)
    book = make_book(config, database, provider, spare, clock)
    sweeper = Sweeper(book.live)
    voice = make_speech(config, engine, _speech_folder(database))
    ears = make_transcription(config, engine)
    models = watch_models(config, provider)
    box = make_tools(config, database, clock)
    spoken = SpeechCache(_speech_folder(database))
    eraser = Eraser(database, book.live, spoken, config.retention_days, clock)
    install(
        app,
        Parts(
            config=config,
            database=database,
            provider=provider,
            book=book,
            sweeper=sweeper,
            speech=voice,
            transcription=ears,
            models=models,
            tools=box,
            ledger=make_ledger(config),
            eraser=eraser,
            housekeeping=Housekeeping(database, eraser),
            clock=clock,
            people=make_people(config, database, clock),
            issuer=make_issuer(config, clock),
        ),
    )
    for layer in (request_log, metrics, failures):
        layer.init_app(app)
    for layer in (compression, bodies, problems, stopping, security, cookies, page_person):
        layer.init_app(app)
    for views in (insights, privacy, reports, metrics):
        app.register_blueprint(views.blueprint)
    for views in (conversations, turns, exports):
        app.register_blueprint(views.blueprint)
    for views in (talk, sessions, settings, realtime, relay, speech, transcriptions):
        app.register_blueprint(views.blueprint)
    for views in (provider_check, tools, health, openapi, sign_in):
        app.register_blueprint(views.blueprint)
    limits.init_app(app)
    models.start()
    sweeper.start()
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
