"""Who takes part in what, as the operator configured it, and where those are."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from services.access import LOOPBACK
from services.choices import OPENAI_HOST
from services.config import Config
from services.privacy.ledger import HERE, Ledger, Party
from services.speech.catalog import speech_house
from services.upstream.houses import House, house_of

REGIONS = {"eu": "Europe", "us": "United States", "in": "India", "jp": "Japan"}
"""First labels of addresses that houses have for single regions.
Source: https://platform.openai.com/docs/guides/your-data"""
ANYWHERE = "any region"
"""Of addresses that houses answer from wherever they like."""


def make_ledger(config: Config) -> Ledger:
    """Name the parties of this configuration."""
    return Ledger(
        provider=_of_calls(config),
        is_engine=config.provider == "engine",
        engine=_of_engine(config),
        thinker=_thinker(config),
        voice=_of_speech(config),
        ears=_of_transcription(config),
    )


def _of_calls(config: Config) -> Party:
    if config.provider == "engine":
        return _of_engine(config)
    return _of_house(house_of(config, config.provider, model_name=""))


def _thinker(config: Config) -> Party | None:
    """Only an engine that is started here takes `LLM_BASE_URL` from our environment."""
    url = config.llm_base_url
    if config.engine_url is not None or url is None:
        return None
    return HERE if is_here(url) else Party("provider", _host(url), region_of(url))


def _of_speech(config: Config) -> Party | None:
    if config.speech_provider == "browser":
        return None
    if config.speech_provider == "engine":
        return _of_engine(config)
    house = speech_house(config)
    if house is not None:
        return _of_house(house)
    return Party("provider", "ElevenLabs", region_of(config.elevenlabs_base_url))


def _of_transcription(config: Config) -> Party:
    name = config.transcription_provider
    if name == "engine":
        return _of_engine(config)
    return _of_house(house_of(config, name, base_url=config.transcription_base_url, model_name=""))


def _of_engine(config: Config) -> Party:
    """The engine beside this program is a part of this server; one that runs elsewhere is not."""
    if config.engine_url is None or is_here(config.engine_url):
        return HERE
    return Party("provider", "the engine", region_of(config.engine_url))


def _of_house(house: House) -> Party:
    if is_here(house.base_url):
        return HERE
    return Party("provider", house.label, region_of(house.base_url))


def is_here(url: str) -> bool:
    """Tell whether an address is on this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


def region_of(url: str) -> str:
    """Say where an address is, as far as it tells; else give the address itself, to be looked up.

    A resource of Azure is in the region in which its owner made it; its name does not tell.
    """
    host = _host(url)
    first, _, rest = host.partition(".")
    if first in REGIONS and rest == OPENAI_HOST:
        return f"{REGIONS[first]}, {host}"
    if host == OPENAI_HOST or host == "api.elevenlabs.io":
        return f"{ANYWHERE}, {host}"
    middle = host.split(".")[1:2]
    if host.endswith(".elevenlabs.io") and middle and middle[0] in REGIONS:
        return f"{REGIONS[middle[0]]}, {host}"
    return f"own network, {host}" if _is_private(host) else host


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan"))
