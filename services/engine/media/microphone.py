"""The person's voice on its way in: an incoming track as mono 16 kHz samples."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCRtpReceiver
from aiortc.jitterbuffer import JitterBuffer
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

RATE = 16_000


async def samples_of(track: MediaStreamTrack) -> AsyncIterator[NDArray[np.int16]]:
    """Give the sound of a track as it comes, int16, shape (n,), 16 kHz, until the track ends."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    while True:
        try:
            frame: Any = await track.recv()
        except MediaStreamError:
            return
        for resampled in resampler.resample(frame):
            yield resampled.to_ndarray()[0]


def shorten_jitter_buffer(receiver: RTCRtpReceiver) -> None:
    """Hold back one packet (20 ms) instead of four: 60 ms less between a word and its hearing.

    aiortc has no setting for it, hence the private name. A packet that comes too late is lost
    either way; on the way in it costs the recogniser 20 ms of sound, not the listener.
    """
    name = "_RTCRtpReceiver__jitter_buffer"
    assert hasattr(receiver, name), "aiortc has renamed its jitter buffer"
    setattr(receiver, name, JitterBuffer(capacity=16, prefetch=1))
