from __future__ import annotations

import numpy as np
import pytest

from services.engine.backends.mel import log_mel, mel_filters


def test_the_filters_are_those_of_whisper():
    filters = mel_filters(80)

    # From the file that OpenAI's whisper ships, which librosa.filters.mel made.
    assert filters.shape == (80, 201)
    assert filters[0, 1] == pytest.approx(0.02486259, abs=1e-7)
    assert np.all(filters.sum(axis=1) > 0)
    assert mel_filters(128).shape == (128, 201)


def test_silence_is_flat():
    mel = log_mel(np.zeros(16_000, np.float32))

    assert mel.shape == (80, 100)
    assert np.allclose(mel, -1.5)


def test_a_tone_is_a_line_in_its_band():
    time = np.arange(16_000) / 16_000

    mel = log_mel(np.sin(2 * np.pi * 1000 * time).astype(np.float32))

    loudest = mel[:, 50].argmax()
    band = mel_filters(80)[loudest]
    assert abs(band.argmax() * 40 - 1000) <= 40
    assert mel.max() - mel.min() <= 2.0  # 8 powers of ten, divided by 4
