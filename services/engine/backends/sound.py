"""Small operations on spoken sound: another rate, less silence."""

from __future__ import annotations

import av
import numpy as np

from services.engine.stages import Pcm

_AUDIBLE = 0.01
"""Of the loudest sample (-40 dB): below this the ends of a recording count as silence."""


def resample(sound: Pcm, rate_hz: int) -> Pcm:
    """Change the rate with FFmpeg's windowed-sinc resampler; under 1 ms for a sentence."""
    if sound.rate == rate_hz or not len(sound.samples):
        return Pcm(sound.samples, rate_hz)
    resampler = av.AudioResampler("s16", "mono", rate_hz)
    frame = av.AudioFrame.from_ndarray(sound.samples[np.newaxis], format="s16", layout="mono")
    frame.sample_rate = sound.rate
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return Pcm(np.concatenate([out.to_ndarray()[0] for out in frames]), rate_hz)


def trim(sound: Pcm, lead_seconds: float, tail_seconds: float) -> Pcm:
    """Leave exactly this much silence before the sound, and after it."""
    loudness = np.abs(sound.samples.astype(np.int32))
    audible = np.flatnonzero(loudness > _AUDIBLE * loudness.max(initial=1))
    if not len(audible):
        return Pcm(sound.samples[:0], sound.rate)
    lead, tail = int(lead_seconds * sound.rate), int(tail_seconds * sound.rate)
    first, last = int(audible[0]), int(audible[-1]) + 1
    spoken = sound.samples[max(0, first - lead) : last + tail]
    before = max(0, lead - first)
    after = max(0, last + tail - len(sound.samples))
    return Pcm(np.pad(spoken, (before, after)), sound.rate)
