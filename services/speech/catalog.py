"""Makes the voices that the operator chose, and those that stand in for them."""

from __future__ import annotations

from pathlib import Path

from services.config import Config
from services.speech.base import Speech
from services.speech.cache import CachedSpeech, SpeechCache
from services.speech.elevenlabs import MODEL as ELEVENLABS_MODEL
from services.speech.elevenlabs import ElevenLabsSpeech
from services.speech.engine import EngineSpeech
from services.speech.ladder import Ladder
from services.speech.metered import MeteredSpeech
from services.speech.parts import PartedSpeech
from services.speech.realtime import RealtimeSpeech
from services.upstream.engine_api import EngineApi
from services.upstream.houses import House, house_of

MODEL = "gpt-4o-mini-tts"
"""Of OpenAI's speech endpoint, until both end on 2027-01-06."""
MODEL_ELSEWHERE = "tts-1"
"""The name that compatible servers map to what they have."""
READER = "gpt-realtime-2.1-mini"
"""The small realtime model, which OpenAI names as successor of the speech endpoint."""


def make_speech(config: Config, engine: EngineApi, cache_folder: Path) -> Ladder | None:
    """Make the voice of `SPEECH_PROVIDER`, with the engine's below it where there is an engine.

    None: browsers speak for themselves.
    """
    if config.speech_provider == "browser":
        return None
    cache = SpeechCache(cache_folder)
    house = speech_house(config)
    address = house.base_url if house else config.elevenlabs_base_url
    if config.speech_provider == "engine":
        voices: list[Speech] = [CachedSpeech(EngineSpeech(engine), cache)]
    else:
        maker = f"{address} {model_of(config, house)}"
        voices = [CachedSpeech(_make_paid_voice(config, house), cache, maker)]
        if engine.is_expected:
            voices.append(CachedSpeech(EngineSpeech(engine), cache))
    return Ladder([PartedSpeech(voice) for voice in voices])


def speech_house(config: Config) -> House | None:
    """Give the house that reads aloud; None: it is no house with OpenAI's API."""
    name = config.speech_provider
    if name == "realtime":
        name = "azure" if config.provider == "azure" else "openai"
    if name not in ("openai", "azure"):
        return None
    return house_of(
        config,
        name,
        base_url=config.speech_base_url,
        key=config.speech_api_key,
        model_name="SPEECH_MODEL",
    )


def model_of(config: Config, house: House | None) -> str:
    """Name the model that reads aloud in a house, or at ElevenLabs."""
    if config.speech_model:
        return config.speech_model
    if house is None:
        return ELEVENLABS_MODEL
    if config.speech_provider != "realtime":
        return MODEL if house.is_original else MODEL_ELSEWHERE
    if house.name == "azure":
        # config.py refuses Azure without one.
        return config.azure_openai_deployment_name or ""
    return READER if house.is_original else config.openai_realtime_model


def paid_as(config: Config, house: House | None) -> str:
    """Name the model that reads aloud as prices know it."""
    model = model_of(config, house)
    if house is None or house.is_original or config.speech_provider == "realtime":
        return model
    # A server elsewhere maps the usual names to what it has, at prices of its own.
    return f"{model} elsewhere"


def _make_paid_voice(config: Config, house: House | None) -> Speech:
    voice = _make_voice(config, house)
    if config.speech_provider == "realtime":
        return voice  # such a model tells by itself what it used
    return MeteredSpeech(voice, paid_as(config, house))


def _make_voice(config: Config, house: House | None) -> Speech:
    model = model_of(config, house)
    if house is None:
        # config.py refuses ElevenLabs without a key.
        key = config.elevenlabs_api_key or ""
        return ElevenLabsSpeech(config.elevenlabs_base_url, key, model, config.elevenlabs_voice_id)
    if config.speech_provider == "realtime":
        return RealtimeSpeech(house, model, config.speech_voice)
    # These load the `openai` package, which takes a second that nobody else has to wait.
    from services.speech.azure import AzureSpeech
    from services.speech.compatible import CompatibleSpeech
    from services.speech.openai import OpenAiSpeech

    if house.name == "azure":
        return AzureSpeech(house, model, config.speech_voice)
    kind = OpenAiSpeech if house.is_original else CompatibleSpeech
    return kind(house, model, config.speech_voice)
