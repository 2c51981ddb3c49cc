"""The port: what the web program needs from whoever answers calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from services.errors import ProviderError


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
    transports: tuple[str, ...] = ("webrtc", "websocket")
    """Ways of sound and events, the default first."""
    tools: bool = True
    """The model calls functions."""
    images: bool = False
    """The model can look at pictures."""
    priced: bool = False
    """What a call costs is known."""
    transcription_model: str = "whisper-1"
    """What a native session names for writing down the user's words. Every server of this API
    knows the default; the engine writes down with its own model whatever it is told."""
    why_not: Mapping[str, str] = field(default_factory=dict)
    """For what is missing above, by the name of its field: a sentence for people that says why."""


LISTING_MODELS = ("gpt-transcribe", "gpt-live-transcribe")
"""Transcription models that take a list of languages in place of one.
Source: openai 3.52, types/realtime/audio_transcription_param.py"""


def transcription_wish(model: str, language: str | None) -> dict[str, object]:
    """Give the `transcription` of a session: who writes down, in which language (ISO-639-1)."""
    if language is None:
        return {"model": model}
    spoken = {"languages": [language]} if model in LISTING_MODELS else {"language": language}
    return {"model": model, **spoken}


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
    knows_session: bool = True
    """The session went along with the offer; else the browser has to tell it first of all."""


@dataclass(frozen=True)
class Socket:
    """Where the WebSocket of a call is opened, by this server and not by a browser."""

    url: str
    """ws: or wss:, with the model in its query."""
    headers: Mapping[str, str] = field(repr=False)
    """They hold the server's key."""
    subprotocols: tuple[str, ...] = ()
    """To offer; none is asked for where headers can be sent."""


class Provider(Protocol):
    """Answers calls. All methods may be called from several threads at once.

    Each raises ProviderUnavailable (no answer in time), ProviderBusy (no line free, or asked too
    often), QuotaUsed, ProviderRefused (our key was not accepted), ProviderForbidden (it may not
    do this), ModelUnknown, or ProviderProtocolError (nonsense came back).
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

    def models(self) -> dict[str, date | None]:
        """List all models that there are, each with the day on which it ends, if that is told.

        Empty: they cannot be listed.
        """
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

    def socket(self, session: dict[str, object], *, safety_identifier: str) -> Socket:
        """Say where a call is held over a WebSocket; nothing is sent yet.

        The session is not part of it: it goes in the first `session.update`.
        """
        ...

    def refusal(self, status: int, code: str, message: str) -> ProviderError:
        """Say in words for people what a refused WebSocket means.

        Args:
            status: of HTTP; 0 if the refusal came as an `error` event.
            code: the provider's own, or "".
            message: the provider's own sentence, or "".
        """
        ...

    def hang_up(self, provider_call_id: str) -> None:
        """End a call; a call that is over already is no error."""
        ...
