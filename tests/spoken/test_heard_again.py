"""Replies said by the engine's voice and heard again by its recogniser."""

from __future__ import annotations

import asyncio
import os

import numpy as np
import pytest

from services.engine.backends.piper import PiperVoice
from services.engine.backends.sound import resample
from services.engine.backends.whisper import WhisperTranscriber
from services.engine.config import EngineConfig
from services.engine.models import ModelPaths, fetch_all
from services.engine.stages import Pcm
from tests.spoken.replies import spoken
from tests.words import letter_errors

pytestmark = pytest.mark.models

MOST_CHARACTERS = 400
"""About 25 s of speech; the recogniser is given half a minute at a time."""
NAMES_OF_SIGNS = (
    "asterisk hash hashtag underscore backtick backslash slash pipe tilde caret".split()
)


@pytest.fixture(scope="module")
def paths(model_files: str) -> ModelPaths:
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return fetch_all(EngineConfig.from_env({"XDG_CACHE_HOME": cache}))


@pytest.mark.parametrize("name", ["git_undo", "release_notes", "book_recommendations"])
def test_a_reply_is_understood_and_no_sign_is_heard(name, paths):
    text = spoken(name)[:MOST_CHARACTERS].rpartition(" ")[0]
    voice, transcriber = PiperVoice(paths.piper), WhisperTranscriber(paths.whisper)

    async def run() -> str:
        sounds = [sound async for sound in voice.speak(text)]
        speech = Pcm(np.concatenate([sound.samples for sound in sounds]), sounds[0].rate)
        return (await transcriber.transcribe(resample(speech, 16_000))).text

    try:
        heard = asyncio.run(run())
    finally:
        voice.close()
        transcriber.close()

    assert [sign for sign in NAMES_OF_SIGNS if sign in heard.lower().split()] == []
    assert letter_errors(text, heard) < 0.3, heard
