"""The houses that are spoken to in OpenAI's API: where they are, how one signs in, what helps.

A house answers calls, reads aloud or writes down; the same one may do several of these, each with
a model of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from services.choices import OPENAI_URL, is_openai
from services.config import Config
from services.errors import ProviderRefused

NO_KEY = "none"
"""What a server is shown that asks for no key; some want to see any."""
TOKEN_SCOPE = "https://cognitiveservices.azure.com/.default"
"""Of a token of Entra ID.
Source: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/realtime-audio-webrtc"""


@dataclass(frozen=True)
class Advice:
    """What a person can do about a refusal; each is a whole sentence or two."""

    key: str
    """The key was not accepted."""
    rights: str
    """The key is good, but may not do this."""
    model: str
    """The model is not there."""


@dataclass(frozen=True)
class House:
    """One of them."""

    name: str
    """`openai` or `azure`; of the first, there are many."""
    label: str
    """For people, as in "you talk with …"."""
    base_url: str
    """Without a slash at its end."""
    advice: Advice
    sign_in: Callable[[], Mapping[str, str]] = field(repr=False)
    """Gives the headers that hold the server's own key; raises ProviderRefused if there is none."""

    @property
    def is_original(self) -> bool:
        """Tell OpenAI and Azure from servers that resemble them, with which we have patience."""
        return self.name == "azure" or is_openai(self.base_url)

    def websocket_url(self, path: str, query: Mapping[str, str]) -> str:
        """Give the address of a WebSocket; `path` begins with a slash."""
        return f"ws{self.base_url.removeprefix('http')}{path}?{urlencode(query)}"


def house_of(
    config: Config,
    name: str,
    *,
    base_url: str | None = None,
    key: str | None = None,
    model_name: str,
) -> House:
    """Make the house that the operator means.

    Args:
        config: what the operator set.
        name: `openai` or `azure`.
        base_url: of a house with OpenAI's API; None: where calls are answered.
        key: of that house; None: `OPENAI_API_KEY`, if it belongs there.
        model_name: the name in the environment that chooses the model there.
    """
    if name == "azure":
        return _azure(config, model_name)
    url = base_url or config.openai_realtime_base_url
    if key is None and url in (config.openai_realtime_base_url, OPENAI_URL):
        key = config.openai_api_key
    return (_openai if is_openai(url) else _similar)(url, key, model_name)


def _openai(url: str, key: str | None, model_name: str) -> House:
    advice = Advice(
        key="OpenAI refused the server's key. The person who runs this server must set "
        "OPENAI_API_KEY to a key that is valid.",
        rights="OpenAI does not let the server's key do this. The person who runs this server "
        "must allow the model in the key's project, and see that the server stands in a country "
        "or region that OpenAI supports.",
        model="OpenAI has no such model for this server's key. The person who runs this server "
        f"must set {model_name} to one that its project may use.",
    )
    return House("openai", "OpenAI", url, advice, _bearer(key))


def _similar(url: str, key: str | None, model_name: str) -> House:
    host = urlsplit(url).hostname or url
    advice = Advice(
        key=f"The server {host} refused our key. The person who runs this server must set the key "
        "that belongs to that address.",
        rights=f"The server {host} does not let our key do this. The person who runs this server "
        "must ask whoever runs that one.",
        model=f"The server {host} has no such model, or does not offer this at all. The person "
        f"who runs this server must check {model_name} and the address.",
    )
    return House("openai", f"the server {host}", url, advice, _bearer(key))


def _azure(config: Config, model_name: str) -> House:
    # People copy the address from the portal, often with the path of one operation.
    # None cannot come: config.py refuses Azure without an endpoint.
    endpoint = urlsplit(config.azure_openai_endpoint or "")
    prefix = endpoint.path.partition("/openai")[0].rstrip("/")
    url = f"{endpoint.scheme}://{endpoint.netloc}{prefix}/openai/v1"
    has_key = config.azure_openai_api_key is not None
    advice = Advice(
        key="Azure OpenAI refused the server's key. The person who runs this server must set "
        "AZURE_OPENAI_API_KEY to a key of the resource that AZURE_OPENAI_ENDPOINT names."
        if has_key
        else "Azure OpenAI refused the server's token of Entra ID. The person who runs this "
        f"server must renew it, for the scope {TOKEN_SCOPE}, and give its holder the role "
        "Cognitive Services OpenAI User.",
        rights="Azure OpenAI does not let this server in. The person who runs it must give its "
        "identity the role Cognitive Services OpenAI User, allow its address in the network rules "
        "of the resource, and use a region that has realtime models (East US 2, Sweden Central).",
        model="Azure OpenAI has no such deployment. The person who runs this server must set "
        f"{model_name} to the name of a deployment in this resource, not of a model, and see that "
        "it holds a model made for this; a new one is there after five minutes.",
    )
    return House("azure", "Azure OpenAI", url, advice, _azure_sign_in(config))


def _bearer(key: str | None) -> Callable[[], Mapping[str, str]]:
    headers = {"Authorization": f"Bearer {key or NO_KEY}"}
    return lambda: headers


def _azure_sign_in(config: Config) -> Callable[[], Mapping[str, str]]:
    if config.azure_openai_api_key is not None:
        headers = {"api-key": config.azure_openai_api_key}
        return lambda: headers
    path = config.azure_openai_ad_token_file
    if path is not None:
        return lambda: {"Authorization": f"Bearer {_read_token(path)}"}
    return _bearer(config.azure_openai_ad_token)


def _read_token(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ProviderRefused(
            "This server has no token for Azure OpenAI. The person who runs it must see that "
            "AZURE_OPENAI_AD_TOKEN_FILE can be read."
        ) from error
