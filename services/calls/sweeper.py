"""Has calls ended that nobody ends: overdue ones, and silent ones that are paid for meanwhile."""

from __future__ import annotations

import logging
import threading

from services.calls.attention import PERIOD
from services.calls.live import LiveCalls
from services.errors import StorageUnavailable

log = logging.getLogger(__name__)


class Sweeper:
    """One thread in each web process; whichever looks first ends a call."""

    def __init__(self, live: LiveCalls) -> None:
        """Prepare; `start` has it look."""
        self._live = live
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Look from time to time."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; may be called twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Look once."""
        self._live.attention.look()
        try:
            self._live.sweep()
        except StorageUnavailable as error:
            self._live.attention.lapse()
            log.warning("calls are not looked through this time: %s", error)

    def _run(self) -> None:
        while not self._stopping.wait(PERIOD.total_seconds()):
            try:
                self.look()
            except Exception:  # the border of a thread
                log.exception("the sweeper stumbled")
