"""Every implementation of Speech, each in front of a stand-in of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.config import Config
from services.speech.azure import AzureSpeech
from services.speech.base import FORMATS, Speech
from services.speech.cache import CachedSpeech, SpeechCache
from services.speech.catalog import MODEL, MODEL_ELSEWHERE, READER
from services.speech.compatible import CompatibleSpeech
from services.speech.elevenlabs import ElevenLabsSpeech
from services.speech.engine import EngineSpeech
from services.speech.openai import OpenAiSpeech
from services.speech.parts import PartedSpeech
from services.speech.realtime import RealtimeSpeech
from services.upstream.engine_api import EngineApi
from services.upstream.houses import House, house_of
from services.upstream.http import HttpApi
from tests.contracts.conftest import PATIENCE_SECONDS
from tests.providers import stand_in_elevenlabs
from tests.providers.stand_in_elevenlabs import StandInElevenLabs
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.providers.stand_in_house import StandInHouse
from tests.providers.stand_in_reader import StandInReader
from tests.providers.stand_in_speech import (
    KEY,
    OWN_VOICE,
    StandInAzureSpeech,
    StandInCompatibleSpeech,
    StandInSpeech,
)


@dataclass(frozen=True)
class Speaker:
    """An implementation, and what is behind it."""

    speech: Speech
    upstream: Any
    key: str
    """Of the server; nobody else may see it."""
    formats: Mapping[Any, str]
    """What the service calls each of our formats; without those that it does not have."""
    voices: Mapping[str, str]
    """The usual one first."""


def house_at(url: str) -> House:
    """A house with OpenAI's API."""
    config = Config(openai_realtime_base_url=f"{url}/v1", openai_api_key=KEY)
    return house_of(config, "openai", model_name="SPEECH_MODEL")


def azure_at(url: str) -> House:
    """A resource of Azure."""
    config = Config(azure_openai_endpoint=url, azure_openai_api_key=KEY)
    return house_of(config, "azure", model_name="SPEECH_MODEL")


def elevenlabs_at(url: str) -> ElevenLabsSpeech:
    """An account at ElevenLabs."""
    voice = stand_in_elevenlabs.OWN_VOICE
    return ElevenLabsSpeech(url, stand_in_elevenlabs.KEY, voice=voice, seconds=PATIENCE_SECONDS)


@contextmanager
def _engine(wrap: Callable[[Speech], Speech]) -> Iterator[Speaker]:
    with (
        StandInEngine() as upstream,
        closing(EngineApi(upstream.state, SERVER_KEY, HttpApi(PATIENCE_SECONDS))) as api,
    ):
        formats = {name: name for name in FORMATS}
        voices = {"joe": "joe", "amy": "amy"}
        yield Speaker(wrap(EngineSpeech(api)), upstream, SERVER_KEY, formats, voices)


@contextmanager
def _house(
    upstream: StandInHouse, make: Callable[[str], Speech], key: str = KEY
) -> Iterator[Speaker]:
    with upstream, closing(make(upstream.url)) as speech:
        yield Speaker(speech, upstream, key, upstream.formats, upstream.voices)


SPEAKERS: dict[str, Callable[[Path], AbstractContextManager[Speaker]]] = {
    "engine": lambda _: _engine(lambda voice: voice),
    "cached": lambda folder: _engine(lambda voice: CachedSpeech(voice, SpeechCache(folder))),
    "parted": lambda _: _engine(PartedSpeech),
    "openai": lambda _: _house(
        StandInSpeech(),
        lambda url: OpenAiSpeech(house_at(url), MODEL, OWN_VOICE, PATIENCE_SECONDS),
    ),
    "azure": lambda _: _house(
        StandInAzureSpeech(),
        lambda url: AzureSpeech(azure_at(url), "our-voice", OWN_VOICE, PATIENCE_SECONDS),
    ),
    "compatible": lambda _: _house(
        StandInCompatibleSpeech(),
        lambda url: CompatibleSpeech(house_at(url), MODEL_ELSEWHERE, seconds=PATIENCE_SECONDS),
    ),
    "elevenlabs": lambda _: _house(StandInElevenLabs(), elevenlabs_at, stand_in_elevenlabs.KEY),
    "realtime": lambda _: _house(
        StandInReader(),
        lambda url: RealtimeSpeech(house_at(url), READER, OWN_VOICE, PATIENCE_SECONDS),
    ),
}
"""By the name under which a test shows them."""
CLOUDS = [name for name in SPEAKERS if name not in ("engine", "cached", "parted")]
