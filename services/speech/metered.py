"""Notes what a voice makes that is paid for."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager

from services.speech.base import PCM_RATE, Speech, Utterance
from services.upstream.waiting import Listener
from services.usage.made import note, spoken


class MeteredSpeech:
    """A voice whose work is noted; it is paid also where the listener leaves in the middle."""

    def __init__(self, speech: Speech, model: str) -> None:
        """Listen to this voice, which speaks with this model."""
        self.name = speech.name
        self.speeds = speech.speeds
        self._speech = speech
        self._model = model

    def check(self) -> None:
        """See whether the voice can speak now."""
        self._speech.check()

    def voices(self) -> Mapping[str, str]:
        """List the voices."""
        return self._speech.voices()

    def close(self) -> None:
        """Close the voice."""
        self._speech.close()

    @contextmanager
    def speak(
        self, utterance: Utterance, listener: Listener | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Say something, and note it."""
        with (
            self._speech.speak(utterance, listener) as sound,
            closing(self._counted(utterance, sound)) as counted,
        ):
            yield counted

    def _counted(
        self, utterance: Utterance, sound: Iterator[bytes]
    ) -> Generator[bytes, None, None]:
        heard = 0
        try:
            for piece in sound:
                heard += len(piece)
                yield piece
        finally:
            is_raw = utterance.audio_format in ("pcm", "wav")
            seconds = heard / (2 * PCM_RATE) if is_raw else None
            note(spoken(self.name, self._model, len(utterance.text), seconds))
