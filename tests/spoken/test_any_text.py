"""Whatever a model writes: no error, no sign left, and time that grows with the length only."""

from __future__ import annotations

import random
import time

import pytest

from services.speech.text import speakable
from tests.spoken.replies import replies

BITS = (
    "* ** _ ` ``` ~~~ # - 1. > | |---| [ ]( ] ( ) < </b> <b> <!-- $ $$ \\( \\[ \\] \\frac \\sqrt "
    "{ } ^ &amp; &# https:// a@b.c 😊 word 日本。 5 1/2 3.14 \\ \x00 \ud800 [^1]: => % \u202e ½ ① "
    "é x² عربي : :: ~ -- … ' \" ’ @ ![ ]: ½½ \u200d \u0301"
).split(" ") + [" ", "\n", "\n\n", "\r\n", "\t", "\n- ", "\n| a | b |\n|---|---|\n"]
SIGNS = frozenset('*_`#\\|~^<>[]{}/@=$&"()•')
MOST_SECONDS = 0.4
"""For 4096 characters of the worst kind, on a busy machine; one that is quadratic takes longer."""


def test_any_text_is_said_without_signs():
    source = random.Random(7)
    for _ in range(1500):
        text = "".join(source.choice(BITS) for _ in range(source.randrange(1, 60)))

        said = speakable(text, source.choice(("en", "de", "es", "fr-CA", "ja")))

        assert SIGNS.isdisjoint(said), (text, said)


def test_any_language_is_taken():
    for language in (None, "", "xx", "zh-Hant-TW", "EN"):
        assert speakable("**word** [a](b)", language) == "word a"


@pytest.mark.parametrize(
    "bit", sorted({*BITS, "[[", "((", "a.", "a-", "**a", "\\frac{", "1,", "a "})
)
def test_the_longest_text_takes_a_bearable_time(bit):
    text = (bit * 4096)[:4096]

    assert min(seconds_of(text) for _ in range(2)) < MOST_SECONDS


def test_a_sentence_takes_less_than_a_millisecond():
    texts = [text[:200] for text in replies().values()]
    for text in texts:
        speakable(text)  # patterns are compiled with the first

    assert (
        sorted(min(seconds_of(text) for _ in range(5)) for text in texts)[len(texts) // 2] < 0.001
    )


def seconds_of(text: str) -> float:
    """The time of this thread, whatever else the machine does."""
    begin = time.thread_time()
    speakable(text, "en")
    return time.thread_time() - begin
