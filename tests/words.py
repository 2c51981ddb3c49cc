"""How far two sentences are apart, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

NUMERALS = dict(enumerate("zero one two three four five six seven eight nine ten".split()))


def word_errors(said: str, heard: str) -> float:
    """Give the word error rate: insertions, deletions and changes per word that was said."""
    return _changes(spoken_words(said), spoken_words(heard))


def letter_errors(said: str, heard: str) -> float:
    """Give the letter error rate: sounds alike, whatever the words and where they are divided."""
    return _changes("".join(spoken_words(said)), "".join(spoken_words(heard)))


def _changes(expected: Sequence[str], found: Sequence[str]) -> float:
    row = list(range(len(found) + 1))
    for i, word in enumerate(expected, start=1):
        previous, row[0] = row[0], i
        for j, other in enumerate(found, start=1):
            change = previous + (word != other)
            previous, row[j] = row[j], min(change, row[j] + 1, row[j - 1] + 1)
    return row[-1] / max(1, len(expected))


def spoken_words(text: str) -> list[str]:
    """Lower-case words; small numbers as words, since recognisers write both."""
    words = re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))
    return [NUMERALS.get(int(word), word) if word.isdigit() else word for word in words]
