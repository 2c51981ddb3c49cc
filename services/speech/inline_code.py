"""Says a short piece of code within a sentence as words: `my_function()` → "my function"."""

from __future__ import annotations

import re

from services.speech.phrases import phrases_of
from services.speech.signs import say_signs

_LONGEST = 80
"""Characters. Nobody understands more code by ear."""

_FILE = re.compile(
    r"[\w.+-]+@[\w.-]+|[\w-]+\.(?:py|js|ts|md|txt|json|html?|css|csv|toml|ya?ml|sh|ini|xml|pdf|png|jpe?g|zip|exe|sql"
    r"|[ch]|cpp|cs|java|rs|go|rb|php|log|env|lock|conf|com|org|net|io|dev)"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_SAID = re.compile(r"[\"'`;\[\]{}\\,()]|(?<!\S)(?:--?|[#@$!*.%&]+)(?=[A-Za-z])|\$(?=\{)")
_BETWEEN_NAMES = re.compile(
    r"(?<=\w)(?:/|:{1,2})(?=\w)|(?<!\S)/(?=\w)|(?<=\w)/(?!\S)|</?(?=\w)|(?<=\w)\s?/?>(?!\s?\w)"
)


def say_code(code: str, language: str) -> str:
    """Give the words of the names in it; of a long piece only that it is one."""
    if len(code) > _LONGEST:
        return phrases_of(language).long_code
    words = [_name(word) for word in _BETWEEN_NAMES.sub(" ", _NOT_SAID.sub(" ", code)).split()]
    text = re.sub(r"(?<=\w)(=|\+=|-=)(?=\w)", r" \1 ", " ".join(words))
    return say_signs(text, language).replace("_", " ")


def _name(word: str) -> str:
    if _FILE.fullmatch(word):
        return word
    return _HUMP.sub(" ", re.sub(r"(?<=[^\W\d])\.(?=\w)|(?<=\d)\.(?=[^\W\d])", " ", word))
