"""Makes the provider that the operator chose."""

from __future__ import annotations

from collections.abc import Callable

from services.config import Config
from services.providers.base import Provider
from services.providers.engine import EngineProvider
from services.upstream.engine_api import EngineApi


def make_provider(config: Config, engine: EngineApi) -> Provider:
    """Make the one that `PROVIDER` names.

    Raises:
        KeyError: config.py accepts a name that has no provider.
    """
    providers: dict[str, Callable[[], Provider]] = {
        "openai": lambda: _openai(config),
        "azure": lambda: _azure(config),
        "engine": lambda: EngineProvider(engine),
    }
    return providers[config.provider]()


def make_spare(config: Config, engine: EngineApi, *, has_engine: bool) -> Provider | None:
    """Make the engine a provider besides the chosen one; None: it is that one, or not there."""
    return EngineProvider(engine) if has_engine and config.provider != "engine" else None


# These two load the `openai` package, which takes a second that nobody else has to wait.


def _openai(config: Config) -> Provider:
    from services.providers.openai import make_openai

    return make_openai(config)


def _azure(config: Config) -> Provider:
    from services.providers.azure import make_azure

    return make_azure(config)
