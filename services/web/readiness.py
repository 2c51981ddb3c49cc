"""Tells the person at the terminal, once, that the program can talk."""

from __future__ import annotations

import threading


class Readiness:
    """Waits for two things, in any order: the page is served, and the engine can talk."""

    def __init__(self, address: str) -> None:
        """Name the address of the page."""
        self._address = address
        self._missing = {"page", "engine"}
        self._lock = threading.Lock()

    def page(self) -> None:
        """Note that the page is served."""
        self._note("page")

    def engine(self) -> None:
        """Note that the engine can talk; later times say nothing."""
        self._note("engine")

    def _note(self, part: str) -> None:
        with self._lock:
            was_missing = part in self._missing
            self._missing.discard(part)
            if was_missing and not self._missing:
                print(f"Vivavoce is ready at {self._address}", flush=True)
