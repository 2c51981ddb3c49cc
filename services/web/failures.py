"""Notes the failures that people meet: counted for /metrics, and as rows for /insights.

Who asks for a thousand things that fail must not fill the database: of each kind a process stores
so many in a minute, and counts the rest only.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

from flask import Flask, current_app

from services.errors import AssistantError, StorageUnavailable
from services.storage.reports import save_failure
from services.web.cookies import require_user
from services.web.metrics import metrics
from services.web.parts import parts

STORED_A_MINUTE = 20
"""Rows of one kind; of a failure that comes more often, more rows tell nothing new."""
TOLD = "told-by-page"
"""All failures together that pages tell of."""
OF_THE_SERVER = 500
TOO_MANY = 429
"""HTTP status from which on a failure is the server's, and that of a limit that was reached."""

log = logging.getLogger(__name__)


class Allowance:
    """How many rows may still be stored in this minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with a minute of its own; `clock` gives seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = 0
        self._stored: Counter[str] = Counter()

    def take(self, kind: str) -> bool:
        """Take one; False: there is none left."""
        with self._lock:
            minute = int(self._clock() // 60)
            if minute != self._minute:
                self._minute = minute
                self._stored.clear()
            self._stored[kind] += 1
            return self._stored[kind] <= STORED_A_MINUTE


def init_app(app: Flask) -> None:
    """Let this program note failures."""
    app.extensions["vivavoce-allowance"] = Allowance()


def note_answer(error: AssistantError) -> None:
    """Note a failure of which this request is answered, if it says something about the server."""
    if error.status < OF_THE_SERVER and error.status != TOO_MANY:
        return
    metrics().count_failure(error.code)
    if not isinstance(error, StorageUnavailable):
        _store(error.code, _whoever_asks(), None, like=error.code)


def note_unexpected() -> None:
    """Note a mistake of ours; whoever met it is not asked for, which may be what failed."""
    code = AssistantError.code
    metrics().count_failure(code)
    _store(code, None, None, like=code)


def note_told(code: str, user_id: str, call_id: str | None) -> None:
    """Note what a page tells of; what it makes up must not become a name of a metric."""
    metrics().count_failure(TOLD)
    _store(code, user_id, call_id, like=TOLD)


def _store(code: str, user_id: str | None, call_id: str | None, *, like: str) -> None:
    """Store a row, if there are not too many like it; a failure of that is one for the log."""
    allowance: Allowance = current_app.extensions["vivavoce-allowance"]
    if not allowance.take(like):
        return
    try:
        with parts().database.write() as transaction:
            save_failure(transaction, code, user_id, call_id, parts().clock())
    except StorageUnavailable:
        log.warning("the failure %s could not be stored", code)


def _whoever_asks() -> str | None:
    try:
        return require_user()
    except AssistantError:
        return None
