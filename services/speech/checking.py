"""Asks a service that costs something whether it is there, but not again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

GOOD_SECONDS = 60.0
"""For which a good answer is believed: whatever looks after a server asks every few seconds."""


class Checked:
    """A check whose good answer is kept for a while; a bad one is not."""

    def __init__(self, ask: Callable[[], None]) -> None:
        """Ask with this, which raises where something is wrong."""
        self._ask = ask
        self._good_until = 0.0

    def __call__(self) -> None:
        """See whether it is there."""
        if time.monotonic() >= self._good_until:
            self._ask()
            self._good_until = time.monotonic() + GOOD_SECONDS
