"""Loads the real stages: model files are found, models loaded side by side and warmed up."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import numpy as np

from services.engine.backends.chat import ChatThinker
from services.engine.backends.llama import LlamaThinker
from services.engine.backends.piper import PiperVoice
from services.engine.backends.silero import FRAME, load_silero
from services.engine.backends.smart_turn import SmartTurnJudge, WordJudge
from services.engine.backends.whisper import WhisperTranscriber
from services.engine.config import EngineConfig
from services.engine.models import fetch_all
from services.engine.stages import Message, Pcm, Prompt, Stages

log = logging.getLogger(__name__)

_WARM_WORDS = "Hello, how are you today?"


async def load_stages(config: EngineConfig) -> Stages:
    """Load every model, so warm that the first turn is as fast as the tenth; takes 2 to 3 seconds.

    With `LLM_BASE_URL` the server need not be up yet.

    Raises:
        StageError: a model file could not be had or loaded.
    """
    paths = await asyncio.to_thread(fetch_all, config)
    activity, transcriber, judge, thinker, voice = await asyncio.gather(
        asyncio.to_thread(load_silero, paths.silero),
        asyncio.to_thread(WhisperTranscriber, paths.whisper),
        asyncio.to_thread(_load_judge, paths.smart_turn),
        asyncio.to_thread(_load_thinker, config, paths.llama),
        asyncio.to_thread(PiperVoice, paths.piper),
    )

    async def close() -> None:
        await thinker.close()
        for stage in (transcriber, judge, voice):
            await asyncio.to_thread(stage.close)

    stages = Stages(
        voice_activity=activity,
        transcriber=transcriber,
        judge=judge,
        thinker=thinker,
        voice=voice,
        models={
            "voice_activity": "Silero VAD",
            "transcriber": paths.whisper.name,
            "judge": "Smart Turn v3.2 and words" if paths.smart_turn else "words",
            "thinker": paths.llama.stem if paths.llama else config.llm_model or "LLM_BASE_URL",
            "voice": voice.voices[0],
        },
        close=close,
    )
    try:
        await _warm_up(stages)
    except BaseException:
        await close()
        raise
    return stages


def _load_judge(path: Path | None) -> SmartTurnJudge | WordJudge:
    return SmartTurnJudge(path) if path else WordJudge()


def _load_thinker(config: EngineConfig, path: Path | None) -> ChatThinker | LlamaThinker:
    if path is not None:
        return LlamaThinker(path, calls=config.max_calls)
    if config.llm_base_url is None:
        raise ValueError("neither a model nor a server to think with")
    return ChatThinker(config.llm_base_url, api_key=config.llm_api_key, model=config.llm_model)


async def _warm_words() -> str:
    return _WARM_WORDS


async def _warm_up(stages: Stages) -> None:
    """Run each stage once: the first run of a model allocates what later ones use again."""
    stages.voice_activity().probability(np.zeros(FRAME, np.int16))
    spoken = [sound async for sound in stages.voice.speak(_WARM_WORDS)]
    noise = np.concatenate([sound.samples for sound in spoken])
    speech = Pcm(noise, 16_000)  # the pitch is wrong; the work is the same
    await asyncio.gather(
        stages.transcriber.transcribe(speech),
        stages.transcriber.transcribe(speech),  # one for each of its threads
        stages.judge.finished(speech, _warm_words()),
        stages.thinker.warm(Prompt((Message("system", _WARM_WORDS), Message("user", "Hello.")))),
    )
