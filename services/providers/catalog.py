"""Makes the provider that the operator chose."""

from __future__ import annotations

from collections.abc import Callable

from services.providers.base import Provider
from services.providers.engine import EngineProvider
from services.upstream.engine_api import EngineApi


def make_provider(name: str, engine: EngineApi) -> Provider:
    """Make one by its name in `PROVIDER`.

    Raises:
        KeyError: config.py accepts a name that has no provider.
    """
    providers: dict[str, Callable[[], Provider]] = {"engine": lambda: EngineProvider(engine)}
    return providers[name]()
