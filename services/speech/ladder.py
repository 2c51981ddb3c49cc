"""Voices one below the other: where one fails, the next speaks.

What nobody has heard yet is said by the next voice within the same request. A voice that fails in
the middle of a sentence ends the request: only the page knows which word was heard, and asks for
the rest from the next one on. The voice that failed is passed over for a while, so that the rest,
and the sentences behind it, are spoken at once by a voice that works.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace

from services.errors import ProviderError, ProviderRejected
from services.speech.base import Speech, Utterance
from services.upstream.waiting import Listener, waiting

PASSED_OVER_SECONDS = 30.0
"""For which a voice that failed is not asked, while there is another."""
PATIENCE_SECONDS = 4.0
"""For the first sound, while there is another voice: the listener waits for both."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Spoken:
    """Sound, and whose voice it is."""

    voice_of: str
    """Name of the service."""
    is_stand_in: bool
    """Another one should have spoken."""
    pieces: Iterator[bytes]
    """Each as soon as it is made; the first is there already."""


class Ladder:
    """Speaks with the first voice that can; several threads may ask at once."""

    def __init__(
        self, voices: Sequence[Speech], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take these, the one that the operator chose first; `clock` gives seconds."""
        self._voices = tuple(voices)
        self._clock = clock
        self._lock = threading.Lock()
        self._passed_over: dict[str, float] = {}
        self.name = voices[0].name
        self.speeds = voices[0].speeds

    def check(self) -> None:
        """See whether the chosen voice can speak now."""
        self._voices[0].check()

    def voices(self) -> Mapping[str, str]:
        """List the voices of the chosen service."""
        return self._voices[0].voices()

    @contextmanager
    def speak(self, utterance: Utterance, listener: Listener | None = None) -> Iterator[Spoken]:
        """Say something; on entering the `with` its first sound is there.

        Raises:
            ProviderError: what the chosen voice said, if no other can speak either; from a piece,
                if a voice fails that was heard already.
            ListenerLeft: the listener has left.
        """
        first: ProviderError | None = None
        rungs = self._in_order()
        for place, voice in enumerate(rungs):
            with ExitStack() as stack:
                try:
                    is_last = place == len(rungs) - 1
                    spoken = self._begin(stack, voice, utterance, listener, is_last=is_last)
                except ProviderError as error:
                    first = first or error
                    self._note(voice, error)
                    continue
                yield spoken
                return
        assert first is not None  # for the type checker: there is a voice
        raise first

    def only(self, name: str) -> Ladder | None:
        """Give the voices of one service alone; None: it has none here."""
        voices = [voice for voice in self._voices if voice.name == name]
        return Ladder(voices, self._clock) if voices else None

    def close(self) -> None:
        """Close all voices."""
        for voice in self._voices:
            voice.close()

    def _begin(
        self,
        stack: ExitStack,
        voice: Speech,
        utterance: Utterance,
        listener: Listener | None,
        *,
        is_last: bool,
    ) -> Spoken:
        is_stand_in = voice is not self._voices[0]
        if is_stand_in:
            # The person chose among the voices of another service.
            utterance = replace(utterance, voice=None)
        with ExitStack() as limit:
            if not is_last:
                limit.enter_context(waiting(PATIENCE_SECONDS, listener))
            pieces = stack.enter_context(voice.speak(utterance, listener))
            first = next(pieces, b"")
        rest = stack.enter_context(closing(self._watched(voice, first, pieces)))
        return Spoken(voice.name, is_stand_in, rest)

    def _watched(
        self, voice: Speech, first: bytes, pieces: Iterator[bytes]
    ) -> Generator[bytes, None, None]:
        if first:
            yield first
        try:
            yield from pieces
        except ProviderError as error:
            self._note(voice, error)
            raise

    def _in_order(self) -> list[Speech]:
        """Give the voices that did not fail lately; all of them, if each did."""
        now = self._clock()
        with self._lock:
            good = [v for v in self._voices if self._passed_over.get(v.name, now) <= now]
        return good or list(self._voices)

    def _note(self, voice: Speech, error: ProviderError) -> None:
        if isinstance(error, ProviderRejected):
            return  # of this one text: the next may be to its taste
        log.warning("%s failed (%s) and is passed over for a while", voice.name, error.code)
        with self._lock:
            self._passed_over[voice.name] = self._clock() + PASSED_OVER_SECONDS
