"""Cuts a reply that is being written into clauses that can be spoken: pure.

The first clause is cut as early as it can be spoken well, since the listener waits for it; later
ones are whole sentences, which sound better. All pieces joined give the text that went in.
"""

from __future__ import annotations

import re

FIRST_LEAST = 10
"""Characters: a shorter first clause sounds clipped and is over before the next is made."""
FIRST_MOST = 26
"""Characters: some six tokens, 0.15 s of a small model's writing."""
LATER_LEAST = 40
LATER_MOST = 220

_ABBREVIATION = re.compile(
    r"(?:^|\W)(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|no|approx|[a-z])\.$", re.IGNORECASE
)
_END = re.compile(r"[.!?…]+[\"')\]*]*\s+|\n+|[。！？]")
_PAUSE = re.compile(r"[,;:—–]\s+|\s[-—–]\s+|[、，；：]")


class Clauses:
    """Takes text bit by bit and gives clauses."""

    def __init__(self) -> None:
        """Begin with the first clause."""
        self._pending = ""
        self._first = True

    def add(self, text: str) -> list[str]:
        """Take more text; returns the clauses that are complete by it, with their white space."""
        self._pending += text
        clauses = []
        while cut := self._cut():
            clauses.append(self._pending[:cut])
            self._pending = self._pending[cut:]
            self._first = False
        return clauses

    def rest(self) -> str:
        """Hand over what is left when the text is complete; may be empty."""
        rest, self._pending = self._pending, ""
        return rest

    def _cut(self) -> int:
        least, most = (FIRST_LEAST, FIRST_MOST) if self._first else (LATER_LEAST, LATER_MOST)
        for mark in _marks(self._pending, with_pauses=self._first):
            if mark >= least:
                return mark
        if len(self._pending) <= most:
            return 0
        pauses = [mark for mark in _marks(self._pending[:most], with_pauses=True) if mark >= least]
        return pauses[-1] if pauses else self._pending.rfind(" ", 0, most) + 1


def _marks(text: str, *, with_pauses: bool) -> list[int]:
    ends = [
        match.end()
        for match in _END.finditer(text)
        if not _ABBREVIATION.search(text[: match.end()].rstrip())
    ]
    if with_pauses:
        ends += [match.end() for match in _PAUSE.finditer(text)]
    return sorted(ends)


_UNSPEAKABLE = re.compile(r"```\w*|[*_`#~|<>\[\]{}\\]+")


def speakable(text: str) -> str:
    """Leave out the marks of Markdown, which a voice would read aloud or stumble over."""
    return re.sub(r"\s+", " ", _UNSPEAKABLE.sub(" ", text)).strip()
