"""The port: what the web program needs from whoever reads text aloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from services.upstream.waiting import Listener

AudioFormat = Literal["pcm", "wav", "mp3", "opus"]
FORMATS: tuple[AudioFormat, ...] = get_args(AudioFormat)
PCM_RATE = 24_000
"""Hertz of `pcm`, which is s16le, mono, without a header."""


@dataclass(frozen=True)
class Utterance:
    """Something to be said, and how."""

    text: str
    """What can be said, as `speakable` gives it; not empty."""
    voice: str | None = None
    """None: the service's own, the first of `voices`."""
    speed: float = 1.0
    """1 is natural; 0.25 to 4, as far as the service goes."""
    language: str | None = None
    """ISO-639-1; None: the voice's own."""
    audio_format: AudioFormat = "pcm"


class Speech(Protocol):
    """Reads aloud. All methods may be called from several threads at once.

    Each raises ProviderUnavailable (no answer in time, or none any more), ProviderBusy (asked too
    much of it), QuotaUsed, ProviderRefused (our key was not accepted), ProviderForbidden (it may
    not do this), ModelUnknown or ProviderProtocolError (nonsense, or words that are not the text).
    """

    name: str
    """Short name, as in `SPEECH_PROVIDER`."""
    speeds: tuple[float, float]
    """Slowest and fastest; what is beyond is said at that."""

    def check(self) -> None:
        """See whether it can speak now."""
        ...

    def voices(self) -> Mapping[str, str]:
        """List the voices on offer, the default first, each with its name for people.

        Empty if they cannot be listed.
        """
        ...

    def close(self) -> None:
        """Close the connections that are its own; may be called twice."""
        ...

    def speak(
        self, utterance: Utterance, listener: Listener | None = None
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Say something; inside the `with` its sound comes in pieces, each as soon as it is made.

        Leaving the `with` ends the work behind it. A piece may end in the middle of a sample.

        Raises:
            ProviderRejected: the text, the voice or the format cannot be had; as all others on
                entering the `with` or from any piece.
            ListenerLeft: within a second of the listener leaving, whatever the service does then.
        """
        ...
