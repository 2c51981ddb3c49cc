"""The web program with a stand-in engine and a real database file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from services.config import Config
from services.web.factory import create_app
from services.web.parts import Parts
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.web.visitor import Clock, Visitor


@pytest.fixture
def engine() -> Iterator[StandInEngine]:
    with StandInEngine() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_app(engine, clock, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes the program with more configuration as keywords."""
    made: list[Flask] = []
    root = logging.getLogger()
    before = (root.level, list(root.handlers))

    def make(**more) -> Flask:
        fixed = {
            "database_url": f"sqlite:///{tmp_path}/vivavoce.db",
            "engine_url": engine.url,
            "engine_api_key": SERVER_KEY,
        }
        made.append(create_app(Config(**fixed | more), clock=clock))
        return made[-1]

    yield make
    for app in made:
        parts: Parts = app.extensions["vivavoce"]
        parts.models.stop()
        parts.sweeper.stop()
        parts.transcription.close()
        if parts.speech is not None:
            parts.speech.close()
        parts.database.close()
        if parts.issuer is not None:
            parts.issuer.close()
        for provider in parts.book.switchboard.providers:
            provider.close()  # type: ignore[attr-defined]
    root.setLevel(before[0])
    root.handlers[:] = before[1]


@pytest.fixture
def app(make_app) -> Flask:
    return make_app()


@pytest.fixture
def ada(app) -> Visitor:
    return Visitor(app)


@pytest.fixture
def ben(app) -> Visitor:
    return Visitor(app)
