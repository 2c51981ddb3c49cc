"""Where the engine is now: written by the process that supervises it, read by the workers.

The engine takes another port each time it is started, so an address in the configuration would
not do. The board is a page of memory that forked processes share.
"""

from __future__ import annotations

import json
import mmap
from dataclasses import asdict, dataclass
from typing import Literal

SLOT_BYTES = 2048
DETAIL_LENGTH = 120
"""Characters of a reason that are kept; JSON writes one in up to 12 bytes."""


@dataclass(frozen=True)
class EngineState:
    """What is known of the child."""

    phase: Literal["absent", "starting", "loading", "ready", "failed"]
    """Nobody starts one; not listening yet; listening; can talk; died, will be started again."""
    url: str = ""
    """Where it listens, without a slash at the end; "" while it does not."""
    detail: str = ""
    """Why it failed."""


class EngineBoard:
    """One notice. One process writes, any number of processes forked from it read."""

    def __init__(self) -> None:
        """Say that the engine is starting."""
        # One byte that names the valid slot, then two slots: a reader never sees half a notice.
        self._memory = mmap.mmap(-1, 1 + 2 * SLOT_BYTES)
        self.post(EngineState("starting"))

    def post(self, state: EngineState) -> None:
        """Replace the notice."""
        text = json.dumps(asdict(state) | {"detail": state.detail[:DETAIL_LENGTH]}).encode()
        slot = 1 - self._memory[0]
        start = 1 + slot * SLOT_BYTES
        self._memory[start : start + SLOT_BYTES] = text.ljust(SLOT_BYTES)
        self._memory[0] = slot

    def read(self) -> EngineState:
        """Give the notice."""
        start = 1 + self._memory[0] * SLOT_BYTES
        return EngineState(**json.loads(self._memory[start : start + SLOT_BYTES]))
