"""Engines to check: a real one that follows a script, and a stand-in that refuses."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.check.provider_check import Parts, ProviderCheck
from services.check.steps import Step
from services.config import Config
from services.providers.catalog import make_provider
from services.providers.engine_process import EngineProcess, engine_command, engine_environment
from services.speech.catalog import make_speech
from services.transcription.catalog import make_transcription
from services.upstream.engine_api import EngineApi
from services.upstream.engine_board import EngineBoard, EngineState
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine

ROOT = Path(__file__).parents[2]
READY_SECONDS = 30.0


@pytest.fixture
def stand_in() -> Iterator[StandInEngine]:
    with StandInEngine() as running:
        yield running


@pytest.fixture(scope="module")
def engine_url() -> Iterator[str]:
    """Where a real engine follows a script of its own."""
    board, ready = EngineBoard(), threading.Event()
    script = ROOT / "tests/data/check.toml"
    environ = engine_environment(os.environ, SERVER_KEY)
    engine = EngineProcess(engine_command(script), environ, ROOT, board, ready.set)
    engine.start()
    assert ready.wait(READY_SECONDS)
    yield board.read().url
    engine.stop()


@pytest.fixture
def check(tmp_path: Path) -> Iterator[Callable[..., dict[str, Step]]]:
    """Checks an engine at an address; gives the steps by name."""
    made: list[EngineApi] = []

    def run(url: str, **more) -> dict[str, Step]:
        config = Config(engine_url=url, engine_api_key=SERVER_KEY, **more)
        state = EngineState("ready", url)
        engine = EngineApi(lambda: state, SERVER_KEY)
        made.append(engine)
        parts = Parts(
            make_provider(config, engine),
            make_speech(config, engine, tmp_path),
            make_transcription(config, engine),
            config.modes,
            config.connect_via,
        )
        return {step.name: step for step in ProviderCheck(parts).steps()}

    yield run
    for engine in made:
        engine.close()
