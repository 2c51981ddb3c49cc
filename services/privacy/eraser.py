"""Deletes what somebody wants gone, and what is too old to be kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from services.calls.minutes import day_start
from services.errors import StorageUnavailable
from services.speech.cache import SpeechCache
from services.storage.calls import calls_since
from services.storage.database import Database
from services.storage.erasure import (
    BATCH,
    erase_conversations,
    erase_person,
    erase_records,
    erase_shadows,
    erase_unconnected,
    erase_unreachable,
    erase_wordless,
    forget_sessions,
    last_erasure,
)
from services.storage.shredding import shred

UNCONNECTED_KEPT = timedelta(hours=1)
"""Calls whose offer never came; their keys lived for a minute."""
WORDLESS_KEPT = timedelta(days=1)
"""Conversations without turns and calls; a page may still be open on one."""
SESSIONS_KEPT = timedelta(days=1)
"""A provider's session object is of use as long as its call lasts."""
UNREACHABLE_KEPT = timedelta(days=30)
"""What nobody can reach any more, for a while in which whoever runs the server still could."""
LATELY = timedelta(days=1)
"""An erasure of this time may not have been finished by a process that has ended since."""

log = logging.getLogger(__name__)


class Lines(Protocol):
    """Calls that go on."""

    def end(self, user_id: str, call_id: str) -> None:
        """End one; it may be ended twice."""
        ...


class Eraser:
    """One for the process; several at work do no harm."""

    def __init__(
        self,
        database: Database,
        live: Lines,
        spoken: SpeechCache,
        retention_days: int | None,
        clock: Callable[[], datetime],
    ) -> None:
        """Delete conversations after so many days; None: only those that somebody wants gone."""
        self._database = database
        self._live = live
        self._spoken = spoken
        self._retention_days = retention_days
        self._clock = clock
        self._owes_shredding: bool | None = None
        """None: what a process before this one has left undone is not known yet."""

    def erase(self, user_id: str) -> None:
        """Delete everything of somebody, after ending their calls.

        Raises:
            StorageUnavailable: the database did not answer; it may be tried again.
        """
        now = self._clock()
        with self._database.read() as session:
            calls = calls_since(session, user_id, now)
        for call in calls:
            if call.ended_at is None:
                self._live.end(user_id, call.id)
        with self._database.write() as session:
            erase_person(session, user_id, day_start(now), now)
        # By now they are nobody, and could not ask for the rest again.
        self._spoken.forget(now)
        self._owes_shredding = True
        try:
            self._shred()
        except StorageUnavailable as error:
            log.warning("what was deleted is left in the file until the next hour: %s", error)

    def tidy(self) -> None:
        """Delete what is too old.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        now = self._clock()
        self._erase_words(now)
        with self._database.write() as session:
            erase_unconnected(session, now - UNCONNECTED_KEPT)
            forget_sessions(session, now - SESSIONS_KEPT)
            erase_records(session, now)
            erase_shadows(session, day_start(now))
            erased_at = last_erasure(session)
        if erased_at is not None:
            # Somebody, at any machine, deleted what they were told.
            self._spoken.forget(erased_at)
        if self._owes_shredding is None:
            self._owes_shredding = erased_at is not None and now - erased_at < LATELY
        self._shred()

    def _erase_words(self, now: datetime) -> None:
        self._in_batches(erase_wordless, now - WORDLESS_KEPT)
        were_words = self._in_batches(erase_unreachable, now - UNREACHABLE_KEPT)
        if self._retention_days is not None:
            before = now - timedelta(days=self._retention_days)
            were_words |= self._in_batches(erase_conversations, before)
        if were_words:
            self._owes_shredding = True

    def _in_batches(self, erase: Callable[..., int], before: datetime) -> bool:
        """Say whether there was anything."""
        sizes: list[int] = []
        while not sizes or sizes[-1] == BATCH:
            with self._database.write() as session:
                sizes.append(erase(session, before))
        return any(sizes)

    def _shred(self) -> None:
        if not self._owes_shredding:
            return
        # Cleared first: what another thread deletes meanwhile may come too late for this one.
        self._owes_shredding = is_done = False
        try:
            is_done = shred(self._database)
        finally:
            self._owes_shredding |= not is_done
