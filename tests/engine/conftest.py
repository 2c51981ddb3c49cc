"""What the engine's tests share: the model files, fetched once."""

from __future__ import annotations

import os

import pytest

from services.engine.config import EngineConfig
from services.engine.models import ModelPaths, fetch_all


@pytest.fixture(scope="session")
def model_paths() -> ModelPaths:
    """The files, from the person's own cache; fetched if they are not there."""
    return fetch_all(
        EngineConfig.from_env({"XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", "")})
    )
