"""The picture of sound that Whisper and Smart Turn read: a log-mel spectrogram, in plain numpy."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
HOP = 160
"""Samples from one frame to the next: 10 ms."""
_WINDOW = 400
"""Samples in one frame: 25 ms."""
_FLOOR = 1e-10
_DYNAMIC_RANGE = 8.0
"""What is quieter than the loudest cell by more than this many powers of ten is cut off."""


def log_mel(sound: NDArray[np.float32], bands: int = 80) -> NDArray[np.float32]:
    """Turn 16 kHz sound into a spectrogram scaled as Whisper was trained on it.

    Args:
        sound: shape (n,), -1 to 1, n a multiple of 160 and at least 400.
        bands: mel bands; 80 for all Whisper models but large-v3 (128).

    Returns:
        Shape (bands, n / 160), roughly -1 to 1.

    Source: https://github.com/openai/whisper/blob/main/whisper/audio.py
    """
    padded = np.pad(sound, _WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:-1]
    spectrum = np.fft.rfft(frames * _hann(), axis=-1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    mel = np.log10(np.maximum(mel_filters(bands) @ power.T, _FLOOR))
    mel = np.maximum(mel, mel.max() - _DYNAMIC_RANGE)
    return np.ascontiguousarray((mel + 4.0) / 4.0, dtype=np.float32)


@lru_cache(maxsize=2)
def mel_filters(bands: int) -> NDArray[np.float32]:
    """Weigh the 201 frequencies of a frame into bands, evenly spaced to the ear.

    Slaney's scale (linear to 1 kHz, logarithmic above) and area normalisation.

    Returns:
        Shape (bands, 201).

    Source: M. Slaney, Auditory Toolbox, Interval Research Technical Report 1998-010.
    """
    edges = _to_hertz(np.linspace(0.0, _to_mel(RATE_HZ / 2), bands + 2))
    frequencies = np.linspace(0.0, RATE_HZ / 2, _WINDOW // 2 + 1)
    widths = np.diff(edges)[:, None]
    rising = (frequencies - edges[:-2, None]) / widths[:-1]
    falling = (edges[2:, None] - frequencies) / widths[1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    areas = (edges[2:] - edges[:-2])[:, None] / 2
    return (triangles / areas).astype(np.float32)


_LINEAR_MELS = 15.0
"""Slaney's scale is linear up to here: 1 kHz, at 200/3 hertz a mel."""
_LOG_STEP = np.log(6.4) / 27


def _to_mel(hertz: float) -> float:
    if hertz < 1000:
        return 3 * hertz / 200
    return float(_LINEAR_MELS + np.log(hertz / 1000) / _LOG_STEP)


def _to_hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    above = 1000 * np.exp(_LOG_STEP * (mels - _LINEAR_MELS))
    return np.asarray(np.where(mels < _LINEAR_MELS, 200 * mels / 3, above))


@lru_cache(maxsize=1)
def _hann() -> NDArray[np.float32]:
    return np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
