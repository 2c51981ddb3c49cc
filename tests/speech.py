"""Speech for fake microphones: questions by several voices, with pauses and with noise.

All sound is float32 in -1 … 1, shape (n,), at RATE.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
"""Hertz; what Chromium's fake microphone reads without resampling."""
SPEECH_PEAK = 0.5
ESPEAK_VOICES = ("en-us", "en-gb+f3", "en-us+m7")

Sound = NDArray[np.float32]


def speak(text: str, voice: str = "en-us", *, words_per_minute: int = 150) -> Sound:
    """Say a sentence with espeak-ng."""
    program = shutil.which("espeak-ng")
    assert program, "espeak-ng is not installed"
    done = subprocess.run(
        [program, "-v", voice, "-s", str(words_per_minute), "--stdout", text],
        capture_output=True,
        check=True,
    )
    return trimmed(read_wav(done.stdout))


def read_wav(content: bytes) -> Sound:
    """Decode 16-bit mono WAV of any rate."""
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        # A streamed file does not know its length: read what is there.
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return resampled((samples / 32768).astype(np.float32), file.getframerate(), RATE)


def to_wav(sound: Sound, rate: int = RATE) -> bytes:
    """Encode as 16-bit mono WAV."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return target.getvalue()


def resampled(sound: Sound, rate: int, new_rate: int) -> Sound:
    """Change the rate by interpolation; downwards after a moving average. Enough for speech."""
    if rate > new_rate:
        width = round(rate / new_rate)
        sound = np.convolve(sound, np.full(width, 1 / width), mode="same").astype(np.float32)
    positions = np.arange(int(len(sound) * new_rate / rate)) * (rate / new_rate)
    return np.interp(positions, np.arange(len(sound)), sound).astype(np.float32)


def trimmed(sound: Sound) -> Sound:
    """Cut silence off both ends and bring the peak to SPEECH_PEAK."""
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    sound = sound[loud[0] : loud[-1] + 1]
    return (sound * (SPEECH_PEAK / np.abs(sound).max())).astype(np.float32)


def silence(seconds: float) -> Sound:
    """Nothing to hear."""
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def with_noise(sound: Sound, *, decibels: float = 20, seed: int = 1) -> Sound:
    """Add room-like (brown to pink) noise, this far below the speech in it."""
    white = np.random.default_rng(seed).standard_normal(len(sound))
    spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(1, np.arange(len(white) // 2 + 1)))
    noise = np.fft.irfft(spectrum, len(sound))
    speech = sound[np.abs(sound) > 0.01]
    wanted = np.sqrt(np.mean(speech**2)) / 10 ** (decibels / 20)
    return (sound + noise * (wanted / np.sqrt(np.mean(noise**2)))).astype(np.float32)


def sequence(sentences: Sequence[Sound], *, lead: float, gap: float | Sequence[float]) -> Sound:
    """Put sentences one after another.

    Args:
        sentences: what is said.
        lead: seconds of silence before the first.
        gap: seconds of silence after each one.
    """
    gaps = [gap] * len(sentences) if isinstance(gap, float | int) else list(gap)
    parts = [silence(lead)]
    for sentence, pause in zip(sentences, gaps, strict=True):
        parts += [sentence, silence(pause)]
    return np.concatenate(parts)


def microphone_file(path: Path, sound: Sound) -> Path:
    """Write a file for a fake microphone."""
    path.write_bytes(to_wav(sound))
    return path


def loud_spans(sound: Sound, *, level: float = 0.01, gap: float = 0.3) -> list[tuple[float, float]]:
    """Find where something is to be heard.

    Args:
        sound: at RATE.
        level: root mean square of 10 ms from which sound counts as heard.
        gap: seconds; shorter pauses do not divide a span.

    Returns:
        Begin and end of each span, in seconds, to 10 ms.
    """
    block = RATE // 100
    count = len(sound) // block
    power = np.mean(sound[: count * block].reshape(count, block) ** 2, axis=1)
    spans: list[tuple[float, float]] = []
    for index in np.flatnonzero(power > level**2):
        begin, end = float(index / 100), float((index + 1) / 100)
        if spans and begin - spans[-1][1] < gap:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return spans
