"""The relayed calls of this process: how many there may be, and their end when it stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from services.calls.relay import Relay
from services.errors import ProviderBusy


class Relays:
    """One for the process."""

    def __init__(self, room: int) -> None:
        """Take this many at once."""
        self._room = room
        self._lock = threading.Lock()
        self._taken = 0
        self._going_on: set[Relay] = set()
        self._is_stopping = False

    def take_seat(self) -> None:
        """Reserve room for one call; `leave_seat` gives it back.

        Raises:
            ProviderBusy: there is none, or the process is about to end.
        """
        with self._lock:
            if self._is_stopping:
                raise ProviderBusy("The server is restarting. Try again in a few seconds.")
            if self._taken >= self._room:
                raise ProviderBusy(
                    "All lines of this server are busy. Try again in a minute, or on a network "
                    "that lets WebRTC pass."
                )
            self._taken += 1

    def leave_seat(self) -> None:
        """Make room for another call."""
        with self._lock:
            self._taken -= 1

    @contextmanager
    def among(self, relay: Relay) -> Iterator[None]:
        """Know about a relay while it carries a call."""
        with self._lock:
            self._going_on.add(relay)
            if self._is_stopping:
                relay.stop()
        try:
            yield
        finally:
            with self._lock:
                self._going_on.discard(relay)

    def stop(self) -> None:
        """End all of them; from now on there is no room.

        Safe in a signal handler: it waits for no lock, as the interrupted thread might hold it.
        """
        self._is_stopping = True
        for relay in tuple(self._going_on):
            relay.stop()
