"""Providers in front of the stand-ins of their houses."""

from __future__ import annotations

from services.config import Config
from services.providers.azure import make_azure
from services.providers.openai import ABILITIES, OpenAiProvider, make_openai
from services.upstream.houses import House
from services.upstream.openai_api import OpenAiApi
from tests.stand_ins.azure import DEPLOYMENT, StandInAzure
from tests.stand_ins.openai import StandInOpenAI

OFFER = b"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nm=application 9 UDP/DTLS/SCTP x\r\n"
SESSION: dict[str, object] = {
    "type": "realtime",
    "model": "gpt-realtime-2.1",
    "instructions": "Be brief.",
    "output_modalities": ["audio"],
    "audio": {
        "input": {
            "transcription": {"model": "gpt-transcribe", "languages": ["en"]},
            "turn_detection": {"type": "semantic_vad", "eagerness": "auto"},
        },
        "output": {"speed": 1.0, "voice": "marin"},
    },
}


def openai_config(openai: StandInOpenAI, **more: str) -> Config:
    """What an operator sets."""
    environ = {
        "PROVIDER": "openai",
        "OPENAI_API_KEY": openai.server_key,
        "OPENAI_REALTIME_BASE_URL": openai.base_url,
    }
    return Config.from_env(environ | more)


def azure_config(azure: StandInAzure, **more: str) -> Config:
    """What an operator sets, with a key."""
    environ = {
        "AZURE_OPENAI_ENDPOINT": azure.url,
        "AZURE_OPENAI_API_KEY": azure.server_key,
        "AZURE_OPENAI_DEPLOYMENT_NAME": DEPLOYMENT,
    }
    return Config.from_env({name: text for name, text in (environ | more).items() if text})


def openai_provider(openai: StandInOpenAI, **more: str) -> OpenAiProvider:
    """Make it as the catalog does."""
    return make_openai(openai_config(openai, **more))


def azure_provider(azure: StandInAzure, **more: str) -> OpenAiProvider:
    """Make it as the catalog does."""
    return make_azure(azure_config(azure, **more))


def hasty(house: House, seconds: float) -> OpenAiProvider:
    """Make one that gives up after this time."""
    return OpenAiProvider(OpenAiApi(house, seconds), ("gpt-realtime-2.1",), ABILITIES)
