"""The port: what the web program needs from whoever answers calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Capabilities:
    """What a provider offers; callers look here and never at its class."""

    models: tuple[str, ...] = ()
    """Model names on offer, the default first; empty if they cannot be listed."""
    voices: tuple[str, ...] = ()
    """Voice names on offer, the default first; empty if they cannot be listed."""
    modes: tuple[str, ...] = ("native", "text")
    """Modes in which its sessions can be held."""
    turn_detection: tuple[str, ...] = ("semantic", "server")
    """Ways of finding the end of a turn, the default first."""
    live: tuple[str, ...] = ("turn_detection", "transcription", "speed")
    """Fields of a session that may be changed while a call is going on."""


@dataclass(frozen=True)
class Secret:
    """A short-lived key with which a browser may open one call."""

    value: str
    expires_at: datetime
    """Aware; taken from the provider's answer."""
    session: dict[str, object]
    """The session as the provider understood it."""


@dataclass(frozen=True)
class Answer:
    """The provider took an offer."""

    sdp: str
    provider_call_id: str | None
    """Last segment of the answer's Location header; None if there was none."""


class Provider(Protocol):
    """Answers calls. All methods may be called from several threads at once.

    Each raises ProviderUnavailable (no answer in time), ProviderBusy (no line free),
    ProviderRefused (our key was not accepted) or ProviderProtocolError (nonsense came back).
    """

    name: str
    """Short name, as in `PROVIDER`."""
    label: str
    """Name for people, as in "you talk with …"."""
    abilities: Capabilities
    """What its API can do, known without asking; models and voices are not."""

    def check(self) -> None:
        """See whether it can answer a call now."""
        ...

    def capabilities(self) -> Capabilities:
        """Say what is on offer, with models and voices; this may have to ask."""
        ...

    def mint(self, session: dict[str, object], *, safety_identifier: str) -> Secret:
        """Ask for a short-lived browser key.

        Raises:
            ProviderRejected: something in the session cannot be had.
        """
        ...

    def connect(self, offer: bytes, *, key: str) -> Answer:
        """Hand on a browser's offer with the browser's own key.

        Raises:
            KeyRefused: the key has expired or is not the provider's.
            OfferRejected: the offer cannot be read.
        """
        ...

    def broker(self, offer: bytes, session: dict[str, object], *, safety_identifier: str) -> Answer:
        """Hand on a browser's offer with the server's key.

        Raises:
            OfferRejected: the offer cannot be read.
            ProviderRejected: something in the session cannot be had.
        """
        ...

    def hang_up(self, provider_call_id: str) -> None:
        """End a call; a call that is over already is no error."""
        ...
