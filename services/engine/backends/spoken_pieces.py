"""Cuts text into pieces that a voice can make one by one without sounding chopped: pure."""

from __future__ import annotations

import re

_FIRST_MOST = 60
"""Characters. The listener waits for the first piece: about 150 ms when it is this long."""
_LATER_MOST = 200
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?<!\b[A-Z]\.)[\"')”\]]*\s+|(?<=[。！？])|\n+")
_PAUSE = re.compile(r"[,;:–—、，；：]\s*")


def split_spoken(text: str) -> list[str]:
    """Give sentences; long ones cut at a comma, or in need between words.

    A mark without white space behind it ("3.5", "example.org") ends no sentence.
    """
    pieces: list[str] = []
    for sentence in _sentences(text):
        rest = sentence
        while rest:
            most = _LATER_MOST if pieces else _FIRST_MOST
            cut = _cut(rest, most, at_words=bool(pieces))
            if any(character.isalnum() for character in rest[:cut]):
                pieces.append(rest[:cut].strip())
            rest = rest[cut:]
    return pieces


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def _cut(text: str, most: int, *, at_words: bool) -> int:
    if len(text) <= most:
        return len(text)
    pauses = [match.end() for match in _PAUSE.finditer(text, 0, most)]
    if pauses and pauses[-1] >= 10:
        return pauses[-1]
    if not at_words and len(text) <= _LATER_MOST:
        return len(text)  # a sentence without a comma sounds wrong when it is torn
    return text.rfind(" ", 0, most) + 1 or most
