"""An engine to talk with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.providers.engine import EngineProvider
from services.upstream.engine_api import EngineApi
from services.upstream.http import HttpApi
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine


@pytest.fixture
def engine() -> Iterator[StandInEngine]:
    with StandInEngine() as running:
        yield running


@pytest.fixture
def provider(engine: StandInEngine) -> Iterator[EngineProvider]:
    made = EngineProvider(EngineApi(engine.state, SERVER_KEY, HttpApi(answer_seconds=0.5)))
    yield made
    made.close()
