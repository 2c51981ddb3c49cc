"""Guesses the language of a text by its commonest words, where nobody told it."""

from __future__ import annotations

import re

_COMMON = {
    "en": "the and is are you to of it in that for with this can not your have be as or on an",
    "de": "der die das und ist nicht ein eine ich sie mit auf für den zu von im es sind wird dem",
    "es": "el la los las de que y es en un una por con para se del al lo más como su",
    "fr": "le la les des et est une un que pour dans pas vous sur avec il ce qui du au en",
}
_WORDS = {tag: frozenset(words.split()) for tag, words in _COMMON.items()}
_SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), "ja"),
    (re.compile("[\u4e00-\u9fff]"), "zh"),
    (re.compile("[\u0600-\u06ff]"), "ar"),
    (re.compile("[\u0900-\u097f]"), "hi"),
    (re.compile("[\u0400-\u04ff]"), "ru"),
    (re.compile("[\u0370-\u03ff]{3}"), "el"),
    (re.compile("[\uac00-\ud7af]"), "ko"),
)


def language_of(text: str) -> str:
    """Give a primary tag; English when there is little to tell by."""
    for script, tag in _SCRIPTS:
        if script.search(text):
            return tag
    words = re.findall(r"[^\W\d_]{2,}", text.lower())
    counts = {tag: sum(word in common for word in words) for tag, common in _WORDS.items()}
    best = max(counts, key=lambda tag: counts[tag])
    return best if counts[best] > max(1, counts["en"]) else "en"
