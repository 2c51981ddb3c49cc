"""The person's voice over a WebSocket: sound that came in events, as mono 16 kHz samples."""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
from numpy.typing import NDArray

SENT_RATE = 24_000
RATE = 16_000
SLICE_BYTES = SENT_RATE // 5 * 2
"""200 ms, s16le: what finding turns takes a millisecond or two for."""


class AppendedSound:
    """What a client appended and nobody has heard yet."""

    def __init__(self) -> None:
        """Begin with none."""
        self._unheard = bytearray()
        # One for the whole session: the sound goes on from event to event.
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)

    def add(self, sound: bytes) -> None:
        """Take s16le, mono, 24 kHz."""
        self._unheard += sound

    def take(self) -> Iterator[NDArray[np.int16]]:
        """Give it in short slices, int16, shape (n,), 16 kHz, until there is none left."""
        while self._unheard:
            samples = np.frombuffer(bytes(self._unheard[:SLICE_BYTES]), "<i2")
            del self._unheard[:SLICE_BYTES]
            frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="s16", layout="mono")
            frame.sample_rate = SENT_RATE
            for resampled in self._resampler.resample(frame):
                yield resampled.to_ndarray()[0]
