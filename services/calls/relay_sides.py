"""The two sides between which a relay stands, as ports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from services.errors import ProviderError
from services.upstream.call_socket import CallSocket


class BrowserGone(Exception):
    """The browser has closed, or takes nothing any more."""


class Browser(Protocol):
    """The socket of a browser: one thread reads, another one writes."""

    def read(self, take: Callable[[str], None]) -> None:
        """Hand on each message as it comes, until the connection ends."""
        ...

    def send(self, event: str) -> None:
        """Send a text.

        Raises:
            BrowserGone: nobody takes it.
        """
        ...

    def close(self, code: int, reason: str) -> None:
        """Say goodbye; does not fail."""
        ...

    def cut(self) -> None:
        """End the connection without a word; reading and writing stop at once. May come twice."""
        ...


class Line(Protocol):
    """What the book says about one call."""

    session: dict[str, object]
    """What the provider is asked for."""

    def connect(self) -> CallSocket:
        """Open the socket at the provider.

        Raises:
            ProviderError: there is none.
        """
        ...

    def refusal(self, code: str, message: str) -> ProviderError:
        """Give our own words for an error that the provider begins with."""
        ...

    def watch(self, *, was_heard: bool) -> None:
        """See whether the call may go on; what the browser says counts as a heartbeat.

        Raises:
            CallEnded: it may not.
        """
        ...

    def note(self, event: dict[str, object]) -> None:
        """Write down what this event of the provider says was used; does not fail."""
        ...

    def close(self, *, was_connected: bool) -> None:
        """Write down that the call is over; one that was never up may be tried again."""
        ...
