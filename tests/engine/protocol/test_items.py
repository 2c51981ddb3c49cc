"""Which words of a reply were heard."""

import pytest

from services.engine.protocol.items import Clause, heard_words

CLAUSES = [Clause("Once upon a time, ", 0, 1000), Clause("there was a king.", 1000, 2000)]


@pytest.mark.parametrize(
    ("heard_ms", "words"),
    [
        (0, ""),
        (100, ""),
        (300, "Once"),
        (1000, "Once upon a time,"),
        (1500, "Once upon a time, there"),
        (1600, "Once upon a time, there was"),
        (2000, "Once upon a time, there was a king."),
        (9000, "Once upon a time, there was a king."),
    ],
)
def test_heard_words_end_at_a_whole_word(heard_ms, words):
    assert heard_words(CLAUSES, heard_ms) == words
