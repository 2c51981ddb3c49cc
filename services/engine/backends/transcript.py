"""What guards a transcript: cuts before, and doubts after, the model has read. Pure."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_SEARCH_SECONDS = 8.0
"""How far back from the end of a window a pause is looked for."""
_PAUSE_SECONDS = 0.1
_SILENCE_RMS = 30.0
"""Of 32768 (-61 dBFS): below this nobody spoke."""
_NO_SPEECH = 0.6
_POOR_SCORE = -1.0
"""Mean log probability of a token. Both limits as in Whisper's own decoding."""
_STOCK_PHRASES = {"you", "thank you", "thanks for watching", "bye", "the end", "so"}
"""What Whisper makes of noise, learned from subtitles; believed only if loud enough."""
_NOISE_RMS = 150.0
_SOUND_NOTE = re.compile(r"\[[^\]]*\]|\([^)]*\)|[♪*]+")
"""Subtitles also describe sounds: [Music], (applause)."""


def split_at_pauses(
    samples: NDArray[np.int16], rate_hz: int, window_seconds: float
) -> list[NDArray[np.int16]]:
    """Cut sound into parts of at most `window_seconds`, each at the quietest place near its end."""
    limit = int(window_seconds * rate_hz)
    parts = []
    while len(samples) > limit:
        cut = _quietest(samples[:limit], rate_hz)
        parts.append(samples[:cut])
        samples = samples[cut:]
    return [*parts, samples]


def _quietest(samples: NDArray[np.int16], rate_hz: int) -> int:
    size = int(_PAUSE_SECONDS * rate_hz)
    start = len(samples) - int(_SEARCH_SECONDS * rate_hz)
    count = (len(samples) - start) // size
    blocks = samples[start : start + count * size].reshape(count, size).astype(np.float64)
    quietest = int(np.argmin((blocks**2).mean(axis=1)))
    return start + quietest * size + size // 2


def cut_loop(ids: list[int]) -> list[int]:
    """Cut where the model has begun to repeat itself, and went on with it to the end.

    Three tokens that come a second time are not enough: people repeat themselves too ("I want to
    go because I want to see it").
    """
    first: dict[tuple[int, ...], int] = {}
    for index in range(len(ids) - 2):
        begin = first.setdefault(tuple(ids[index : index + 3]), index)
        if begin < index and ids[index:] == ids[begin : begin + len(ids) - index]:
            return ids[:index]
    return ids


def is_hallucination(text: str, samples: NDArray[np.int16], no_speech: float, score: float) -> bool:
    """Say whether words were made up for a sound without speech.

    Args:
        text: what the model wrote.
        samples: what it heard.
        no_speech: its own probability, 0 to 1, that nobody spoke.
        score: mean log probability of its tokens.
    """
    words = _SOUND_NOTE.sub("", text).strip(" .,!?-\n").lower()
    loudness = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0
    if not words or loudness < _SILENCE_RMS:
        return True
    if no_speech > _NO_SPEECH and score < _POOR_SCORE:
        return True
    return words in _STOCK_PHRASES and (loudness < _NOISE_RMS or no_speech > _NO_SPEECH)
