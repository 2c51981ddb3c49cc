"""Has old things deleted from hour to hour, in every worker; whoever comes first does it.

What an older version stored is read for the search here, too, so that a search need not wait for
all of it.
"""

from __future__ import annotations

import logging
import threading

from services.errors import StorageUnavailable
from services.privacy.eraser import Eraser
from services.storage.database import Database
from services.storage.search import read_some

PERIOD_SECONDS = 60 * 60.0
PAUSE_SECONDS = 0.05
"""Between two transactions: SQLite has one writer, and who waits for it is not served in turn."""

log = logging.getLogger(__name__)


class Housekeeping:
    """One for the process."""

    def __init__(self, database: Database, eraser: Eraser) -> None:
        """Prepare; `start` has it work."""
        self._database = database
        self._eraser = eraser
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Tidy now and from hour to hour, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; may be called twice, and without a start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._read()
                self._eraser.tidy()
            except StorageUnavailable as error:
                log.warning("nothing could be tidied: %s", error)
            except Exception:
                log.exception("nothing could be tidied")
            if self._stopping.wait(PERIOD_SECONDS):
                return

    def _read(self) -> None:
        while read_some(self._database) and not self._stopping.wait(PAUSE_SECONDS):
            pass
