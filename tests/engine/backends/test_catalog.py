from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from services.engine.backends.catalog import load_stages
from services.engine.config import EngineConfig
from services.engine.models import ModelPaths
from services.engine.stages import Message, Prompt, StageError, Stages
from tests.engine.backends.chat_server import delta, says, serving

pytestmark = pytest.mark.models

PROMPT = Prompt((Message("user", "Hello."),))


def config(**changes: Any) -> EngineConfig:
    usual = EngineConfig.from_env({"XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", "")})
    return EngineConfig(cache_dir=usual.cache_dir, **changes)


async def think(stages: Stages) -> int:
    return len([thought async for thought in stages.thinker.think(PROMPT)])


def test_everything_is_loaded_and_closed(model_paths: ModelPaths):
    async def run() -> None:
        stages = await load_stages(config())
        try:
            assert await think(stages) > 1
            assert stages.voice.voices == ("en_US-joe-medium",)
            assert set(stages.models) >= {"transcriber", "judge", "thinker", "voice"}
        finally:
            await stages.close()
            await stages.close()

    asyncio.run(run())


def test_the_engine_starts_without_the_server_that_thinks(model_paths: ModelPaths):
    async def run() -> None:
        async with serving(says("Hi", delta("stop"))) as server:
            port = int(server.url.split(":")[2].split("/")[0])
        stages = await load_stages(config(llm_base_url=server.url, llm_api_key="secret"))
        try:
            with pytest.raises(StageError, match="cannot be reached"):
                await think(stages)
            async with serving(says("Hi", delta("stop")), port):
                assert await think(stages) == 2
        finally:
            await stages.close()

    asyncio.run(run())
