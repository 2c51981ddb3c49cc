"""Since when this process could hear of calls. While nobody listens, silence proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from services.calls.minutes import LOST_AFTER

PERIOD = timedelta(seconds=15)
"""Between two looks of the sweeper; a page sends a heartbeat as often."""


class Attention:
    """One for the process; used by any of its threads.

    After this machine slept, or its database was away, calls have their minute to be heard of
    again.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin to listen; `clock` gives the time in UTC."""
        self._clock = clock
        self._since = self._looked_at = clock()

    def look(self) -> None:
        """Note that this process is awake; expected every `PERIOD`."""
        now = self._clock()
        if self._has_slept(now):
            self._since = now
        self._looked_at = now

    def lapse(self) -> None:
        """Note that nobody could be heard until now."""
        self._since = self._clock()

    def lost_before(self) -> datetime | None:
        """Say since when a call must have been heard of to go on; None: that cannot be told."""
        now = self._clock()
        if self._has_slept(now) or now - self._since < LOST_AFTER:
            return None
        return now - LOST_AFTER

    def _has_slept(self, now: datetime) -> bool:
        return now - self._looked_at > 2 * PERIOD
