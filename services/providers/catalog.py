"""Makes the provider that the operator chose."""

from __future__ import annotations

from collections.abc import Callable

from services.providers.base import Provider
from services.providers.engine import EngineProvider
from services.providers.engine_board import EngineState


def make_provider(
    name: str, *, engine_state: Callable[[], EngineState], engine_api_key: str | None
) -> Provider:
    """Make one by its name in `PROVIDER`.

    Raises:
        KeyError: config.py accepts a name that has no provider.
    """
    providers: dict[str, Callable[[], Provider]] = {
        "engine": lambda: EngineProvider(engine_state, engine_api_key),
    }
    return providers[name]()
