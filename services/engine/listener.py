"""The engine's ear: finds turns in the sound of a microphone, keeps the last one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from services.engine.protocol.turn_detection import TurnDetection
from services.engine.stages import Pcm, VoiceActivity
from services.engine.turn_taking import FRAME_MS, Moment, TurnTaker

RATE = 16_000
FRAME_SAMPLES = RATE * FRAME_MS // 1000
KEPT_SECONDS = 120
"""A longer turn loses its beginning; Whisper reads 30 seconds at a time."""
LEAD_SECONDS = 2
"""Sound kept while nobody speaks: more than any prefix padding that is usual."""


class Listener:
    """Hears one microphone."""

    def __init__(
        self,
        activity: VoiceActivity,
        detection: TurnDetection | None,
        on_moment: Callable[[Moment], None],
    ) -> None:
        """Begin to listen.

        Args:
            activity: tells speech from other sound.
            detection: how turns are found; None: the client commits them.
            on_moment: called with what has become clear, within `hear`.
        """
        self._activity = activity
        self._on_moment = on_moment
        self._taker = TurnTaker(detection) if detection else None
        self._frames: deque[NDArray[np.int16]] = deque()
        self._pending = np.zeros(0, np.int16)
        self._sound_end = 0  # samples since the session's sound began

    @property
    def now_ms(self) -> int:
        """The audio's own clock: milliseconds of sound heard so far."""
        return self._sound_end * 1000 // RATE

    @property
    def buffered_ms(self) -> int:
        """Length of the sound in the buffer."""
        return len(self._frames) * FRAME_MS

    @property
    def taker(self) -> TurnTaker | None:
        """Who finds the turns; None if the client does."""
        return self._taker

    def configure(self, detection: TurnDetection | None) -> bool:
        """Find turns by other numbers; a turn that is under way begins anew.

        Returns:
            Whether they are other numbers.
        """
        if detection == (self._taker.detection if self._taker else None):
            return False
        self._taker = TurnTaker(detection) if detection else None
        return True

    def hear(self, samples: NDArray[np.int16]) -> None:
        """Take sound, int16, shape (n,), 16 kHz."""
        self._pending = np.concatenate([self._pending, samples])
        while len(self._pending) >= FRAME_SAMPLES:
            frame, self._pending = np.split(self._pending, [FRAME_SAMPLES])
            self._hear_frame(frame)

    def said_since(self, begin_ms: int, end_ms: int | None = None) -> Pcm:
        """The sound between two times of the audio's clock, as far as it is kept."""
        sound = self._sound()
        begin = self._sound_end - len(sound)
        first = max(0, begin_ms * RATE // 1000 - begin)
        last = len(sound) if end_ms is None else end_ms * RATE // 1000 - begin
        return Pcm(sound[first : max(first, last)], RATE)

    def take(self) -> Pcm:
        """All sound in the buffer, which is empty afterwards."""
        pcm = Pcm(self._sound(), RATE)
        self.clear()
        return pcm

    def clear(self) -> None:
        """Forget the sound in the buffer, and a turn that is under way."""
        self._frames.clear()
        if self._taker:
            self._taker = TurnTaker(self._taker.detection)

    def _hear_frame(self, frame: NDArray[np.int16]) -> None:
        self._sound_end += len(frame)
        self._frames.append(frame)
        taker = self._taker
        kept_seconds = KEPT_SECONDS if taker is None or taker.speaking else LEAD_SECONDS
        while len(self._frames) * FRAME_MS > kept_seconds * 1000:
            self._frames.popleft()
        if taker is None:
            return
        for moment in taker.hear(self._activity.probability(frame), self.now_ms):
            self._on_moment(moment)

    def _sound(self) -> NDArray[np.int16]:
        return np.concatenate([np.zeros(0, np.int16), *self._frames])
