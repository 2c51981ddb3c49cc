"""The port: what the web program needs from whoever writes down what is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Protocol

from services.upstream.waiting import Listener


@dataclass(frozen=True)
class Recording:
    """Something that was said."""

    content: BinaryIO
    """A file with a place to read from and to return to; not empty."""
    content_type: str
    """Without parameters, such as audio/wav."""
    name: str
    """A file name with the ending of its type, by which some services tell what it is."""


@dataclass(frozen=True)
class Transcript:
    """What was said."""

    text: str
    """Empty: no words were found."""
    language: str | None
    """ISO-639-1; None: the service does not say."""
    seconds: float
    """Length of the recording."""


class Transcription(Protocol):
    """Writes down. All methods may be called from several threads at once.

    Each raises ProviderUnavailable (no answer in time), ProviderBusy (asked too much of it),
    ProviderRefused (our key was not accepted) or ProviderProtocolError (nonsense came back).
    """

    name: str
    """Short name, as in `TRANSCRIPTION_PROVIDER`."""
    model: str
    """By which it has a price, if it has one: its name or that of its deployment."""

    def check(self) -> None:
        """See whether it can write down now."""
        ...

    def transcribe(
        self, recording: Recording, *, language: str | None, listener: Listener | None = None
    ) -> Transcript:
        """Write down a recording.

        Args:
            recording: what was said.
            language: ISO-639-1 code of it; None: the service finds out.
            listener: the work ends when it leaves.

        Raises:
            ProviderRejected: there is no sound in it that can be read, or too much.
            ListenerLeft: within a second of the listener leaving.
        """
        ...

    def close(self) -> None:
        """Close the connections that are its own; may be called twice."""
        ...
