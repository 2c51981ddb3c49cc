"""Makes the voice that the operator chose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from services.speech.base import Speech
from services.speech.cache import CachedSpeech, SpeechCache
from services.speech.engine import EngineSpeech
from services.speech.parts import PartedSpeech
from services.upstream.engine_api import EngineApi


def make_speech(name: str, engine: EngineApi, cache_folder: Path) -> Speech | None:
    """Make one by its name in `SPEECH_PROVIDER`; None: browsers speak for themselves.

    Raises:
        KeyError: config.py accepts a name that has no voice.
    """
    if name == "browser":
        return None
    voices: dict[str, Callable[[], Speech]] = {"engine": lambda: EngineSpeech(engine)}
    return PartedSpeech(CachedSpeech(voices[name](), SpeechCache(cache_folder)))
