"""Tells whether a text is read word for word, by the words that its reader says it said. Pure.

A model that reads aloud may answer a question instead of reading it, put a remark in front, leave
a sentence out. What it calls a word is not always spelled as in the text, and it spells numbers as
it likes: so a few differences are none.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(
    # Scripts without spaces are compared sign by sign.
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]|[^\W_]+"
)
_WINDOW = 4
"""Words ahead among which one that was said is looked for."""
_FEW = 2
"""Differences that mean nothing, whatever the length."""
_SHARE = 0.2
"""Differences that mean nothing, as a share of the words."""
_ENOUGH = 2
"""Words after which the reader is known to be reading."""


class Reading:
    """A text, and how far its reader is."""

    def __init__(self, text: str) -> None:
        """Expect these words."""
        self._wanted = _words_of(text)
        self._place = 0
        self._met = 0
        self._faults = 0
        self._strange = 0
        self._behind = 0
        self._tail = ""
        self.is_heard = False
        """The reader tells its words; not every service does."""
        # "1,500" may be said in four words and "fifteen" be written as one number.
        self._free = sum(2 * len(word) + 3 for word in self._wanted if _is_number(word))

    def hear(self, said: str) -> None:
        """Take the next bit of what the reader says it said; it may end within a word."""
        self._tail += said
        self.is_heard = self.is_heard or bool(said.strip())
        found = list(_WORD.finditer(self._tail))
        if found and found[-1].end() == len(self._tail):
            found.pop()
        for word in found:
            self._follow(_plain(word.group()))
        self._tail = self._tail[found[-1].end() :] if found else self._tail

    def finish(self) -> None:
        """There will be no more words."""
        for word in _words_of(self._tail):
            self._follow(word)
        self._tail = ""

    @property
    def has_begun(self) -> bool:
        """The first words are those of the text, or nothing of it can be compared."""
        comparable = sum(not _is_number(word) for word in self._wanted)
        return self._met >= min(_ENOUGH, comparable) and not self.has_strayed

    @property
    def has_strayed(self) -> bool:
        """Something else is being said."""
        return self._faults > _FEW + _SHARE * self._place

    @property
    def is_past_the_end(self) -> bool:
        """All was read, and more is being said."""
        return self._behind > _FEW

    @property
    def left_out(self) -> bool:
        """Too much was not read, if this is the end."""
        missing = sum(not _is_number(word) for word in self._wanted[self._place :])
        return self._faults + missing > _FEW + _SHARE * len(self._wanted)

    def _follow(self, word: str) -> None:
        ahead = self._wanted[self._place : self._place + _WINDOW]
        if word in ahead:
            skipped = ahead[: ahead.index(word)]
            missing = sum(not _is_number(each) for each in skipped)
            # Another word in place of one is a single difference.
            self._faults += max(0, missing - self._strange)
            self._strange = 0
            self._place += len(skipped) + 1
            self._met += 1
        elif self._free > 0 and (_is_number(word) or any(_is_number(each) for each in ahead)):
            self._free -= 1
        elif ahead:
            self._faults += 1
            self._strange += 1
        else:
            self._behind += 1


def _words_of(text: str) -> list[str]:
    return [_plain(word) for word in _WORD.findall(text)]


def _plain(word: str) -> str:
    """Without case and accents, which transcripts lose."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)) or word


def _is_number(word: str) -> bool:
    return any(sign.isdigit() for sign in word)
