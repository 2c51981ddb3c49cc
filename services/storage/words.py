"""Cuts text into words for the search, so that all databases find the same. Pure.

Case and accents do not count, signs part words, and a script that writes no spaces between its
words is cut into single characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

LONGEST_WORD = 64
"""Characters that count of a word; PostgreSQL refuses one of more than 2 kB."""
ACCENTS = re.compile("[\u0300-\u036f]+")
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana, Han
)
ONE_CHARACTER = re.compile(f"([{UNSPACED}])")
RUN = re.compile(f"[{UNSPACED}]|[^ {UNSPACED}]+")
"""A word, where all that belongs to none is a space."""
ASCII_WORD = re.compile("[a-z0-9]+")
BEFORE, AFTER = 60, 140
"""Characters of an excerpt on either side of the first hit."""


@dataclass(frozen=True)
class Piece:
    """A part of an excerpt."""

    text: str
    is_hit: bool


def words_of(text: str) -> list[str]:
    """Give the words, each once, in order: letters and digits, folded."""
    if text.isascii():
        found = ASCII_WORD.findall(text.lower())
    else:
        bare = ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
        kept = _without_signs(unicodedata.normalize("NFKC", bare))
        found = ONE_CHARACTER.sub(r" \1 ", kept).split()
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in found))


def words_to_find(user_id: str, text: str) -> str:
    """Give what is stored for a turn: whose it is, and its words, between spaces."""
    return " ".join([owner_word(user_id), *words_of(text)])


def owner_word(user_id: str) -> str:
    """Give a word for a person: with it, an index skips what others said.

    Its first sign is in no word that somebody looks for, so none of those is its beginning.
    """
    return "·" + sha256(user_id.encode()).hexdigest()[:24]


def excerpt(text: str, wanted: Sequence[str]) -> list[Piece]:
    """Cut a text around the first word that begins with a wanted one, and mark all that do."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    first = next((run.start() for run in _runs(line) if _is_wanted(run[0], wanted)), 0)
    begin = line.rfind(" ", 0, max(first - BEFORE, 0)) + 1
    end = first + AFTER
    if end < len(line):
        end = max(line.rfind(" ", first, end), first + AFTER // 2)
    pieces = [Piece("… ", False)] if begin else []
    shown = line[begin:end]
    past = 0
    for run in _runs(shown):
        if _is_wanted(run[0], wanted):
            pieces += [Piece(shown[past : run.start()], False), Piece(run[0], True)]
            past = run.end()
    pieces.append(Piece(shown[past:] + (" …" if end < len(line) else ""), False))
    return [piece for piece in pieces if piece.text]


def _runs(line: str) -> Iterator[re.Match[str]]:
    """Find the words as they stand in a line."""
    return RUN.finditer(_without_signs(line))


def _without_signs(text: str) -> str:
    """Put a space in the place of each sign."""
    return "".join(sign if _is_letter(sign) else " " for sign in text)


def _is_letter(sign: str) -> bool:
    """Marks belong to the letters before them: vowels of many scripts are marks."""
    return unicodedata.category(sign)[0] in "LNM"


def _is_wanted(run: str, wanted: Sequence[str]) -> bool:
    return any(word.startswith(tuple(wanted)) for word in words_of(run))
