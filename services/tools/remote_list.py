"""What a remote server offers, kept for some minutes: no call waits for a slow server."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from services.errors import ToolFailed
from services.tools.base import Tool

FRESH_SECONDS = 300.0
"""Then it is asked again, beside the call that noticed."""
RETRY_SECONDS = 30.0
"""After a failure."""
FIRST_SECONDS = 2.0
"""The first call waits this long for a list; a later one takes what is known."""

log = logging.getLogger(__name__)


class RemoteList:
    """Gives the tools that were listed last."""

    def __init__(
        self,
        label: str,
        ask: Callable[[], Sequence[Tool]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to ask.

        Args:
            label: of the server.
            ask: lists its tools, or raises ToolFailed.
            clock: seconds that only go forwards.
        """
        self._label = label
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[Tool, ...] = ()
        self._ask_at = 0.0
        """When it is to be asked again; `clock`."""
        self._is_asking = False
        """Not whether a thread lives: one that has told its list may still be about to end."""
        self._was_waited_for = threading.Event()

    def __call__(self) -> tuple[Tool, ...]:
        """Give the tools, and ask again if they were listed long ago; this never raises."""
        self._ask_if_due()
        if not self._was_waited_for.wait(FIRST_SECONDS):
            self._was_waited_for.set()
        return self._known

    def _ask_if_due(self) -> None:
        with self._lock:
            if self._is_asking or (self._ask_at and self._clock() < self._ask_at):
                return
            # A daemon: a server that hangs must not keep the program from ending.
            thread = threading.Thread(target=self._refresh, name=f"mcp-{self._label}", daemon=True)
            thread.start()
            self._is_asking = True

    def _refresh(self) -> None:
        pause = RETRY_SECONDS
        try:
            self._known = tuple(self._ask())
            pause = FRESH_SECONDS
            log.info("the tool server %s offers %d tools", self._label, len(self._known))
        except ToolFailed as failure:
            log.warning("the tool server %s cannot be asked: %s", self._label, failure)
        except Exception as error:
            log.error("unexpected %s", type(error).__name__, exc_info=error)
        finally:
            with self._lock:
                self._ask_at = self._clock() + pause
                self._is_asking = False
            self._was_waited_for.set()
