"""The last sieve: only words, numbers and pauses reach the voice."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_PAUSES = frozenset(".,;:!?…'-–—%¿¡ \n")
_LEFT_TO_THE_VOICE = frozenset("&+=×÷±°$€£¥₹−")
"""In languages that we have no words for."""
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})
_QUOTED = re.compile(r"(?<!\w)'|'(?!\w)")
_LONE_DASH = re.compile(r"(?<!\w)[-–—]+(?!\w)|[–—]+")
_BEFORE_MARK = re.compile(r" +(?=[,.;:!?…。！？、，؟،۔।])")
_MARKS = re.compile(r"[,;:、，،؛.!?…。！？؟۔।]{2,}")
_LEADING = " ,;:.!?…、，。،-–—%'"


def keep_sayable(text: str, *, has_words: bool) -> str:
    """Leave out what is neither a word nor a pause.

    Args:
        text: without markup.
        has_words: the signs with a meaning have been put into words already.
    """
    kept = "".join(_kept(sign, has_words) for sign in text.translate(_APOSTROPHES))
    kept = _LONE_DASH.sub(", ", _QUOTED.sub("", kept))
    kept = _BEFORE_MARK.sub("", " ".join(kept.split()))
    return _MARKS.sub(_one_mark, kept).lstrip(_LEADING)


def _one_mark(found: re.Match[str]) -> str:
    """Of several marks the strongest: "?," → "?"; dots and "?!" stay."""
    marks = found.group()
    if set(marks) == {"."}:
        return "…" if len(marks) > 2 else "."
    if len(marks) == 2 and marks[0] == "." and marks[1] in ",;:?!":
        return marks  # behind an abbreviation
    strong = [mark for mark in marks if mark in "!?…。！？؟۔।"] or [m for m in marks if m in ".:"]
    return "".join(dict.fromkeys(strong)) if strong else marks[0]


@lru_cache(maxsize=4096)
def _kept(sign: str, has_words: bool) -> str:
    if sign in _PAUSES or (sign in _LEFT_TO_THE_VOICE and not has_words):
        return sign
    kind = unicodedata.category(sign)
    if kind[0] == "N" and not sign.isdecimal():
        return unicodedata.normalize("NFKC", sign).replace("⁄", " ")
    if kind[0] in "LN" or kind in ("Mn", "Mc"):
        return "" if "\ufe00" <= sign <= "\ufe0f" else sign
    if sign in "()（）":
        return ", "
    if kind == "Po" and not sign.isascii() and not _is_typographic(sign):
        return sign  # a mark of another script
    if sign == "\u200c":
        return sign  # divides letters within a Persian word
    return "" if kind in ("Pi", "Pf", "Cf", "Me", "Sk") and sign != "`" else " "


def _is_typographic(sign: str) -> bool:
    return sign in "§¶·・＃＆＊＠＼／％" or "\u2010" <= sign <= "\u206f"
