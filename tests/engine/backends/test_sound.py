from __future__ import annotations

import numpy as np
import pytest

from services.engine.backends.sound import resample, trim
from services.engine.stages import Pcm


def spoken(lead: int, length: int, tail: int) -> Pcm:
    wave = np.sin(2 * np.pi * 440 * np.arange(length) / 22_050) * 10_000
    return Pcm(np.pad(wave.astype(np.int16), (lead, tail)), 22_050)


def test_resampling_keeps_duration_and_pitch():
    sound = resample(spoken(0, 22_050, 0), 24_000)

    assert sound.rate == 24_000
    assert sound.seconds == pytest.approx(1.0, abs=0.002)
    assert np.abs(np.fft.rfft(sound.samples)).argmax() == pytest.approx(440, abs=1)


@pytest.mark.parametrize(("lead", "tail"), [(5000, 9000), (0, 0)])
def test_trimming_leaves_the_silence_that_was_asked_for(lead, tail):
    sound = trim(spoken(lead, 22_050, tail), 0.02, 0.1)

    assert sound.seconds == pytest.approx(1.12, abs=0.005)
    assert not np.any(sound.samples[: int(0.019 * 22_050)])


def test_silence_is_trimmed_to_nothing():
    assert len(trim(Pcm(np.zeros(1000, np.int16), 24_000), 0.02, 0.1).samples) == 0
    assert len(resample(Pcm(np.zeros(0, np.int16), 22_050), 24_000).samples) == 0
