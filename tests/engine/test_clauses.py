"""Where a reply is cut so that it can be spoken while it is still written."""

import pytest

from services.engine.clauses import FIRST_MOST, LATER_MOST, Clauses, speakable


def cut(text, size=3):
    """Cut a text that comes in small pieces, as a model writes it."""
    clauses, found = Clauses(), []
    for begin in range(0, len(text), size):
        found += clauses.add(text[begin : begin + size])
    return [*found, clauses.rest()]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Paris is the capital. It lies on the Seine.", "Paris is the capital. "),
        ("The capital of France is Paris. It is old.", "The capital of France is "),
        ("Well, the capital, I think, is Paris.", "Well, the capital, "),
        ("Yes. It is indeed so.", "Yes. It is indeed so."),
        ("Dr. Watson went home. Then he slept.", "Dr. Watson went home. "),
        ("It costs 3.14 dollars. Cheap!", "It costs 3.14 dollars. "),
        ("Line one is here\nLine two", "Line one is here\n"),
        ("これは最初の文章になります。次です。", "これは最初の文章になります。"),
    ],
)
def test_the_first_clause_ends_at_the_first_good_place(text, first):
    assert cut(text)[0] == first


def test_nothing_is_lost_or_added():
    text = "One, two; three: four. Five? Six! " * 20

    assert "".join(cut(text)) == text


def test_later_clauses_are_whole_sentences():
    text = "First of all, hello there. The next sentence has a comma, but is one. And the last."

    assert cut(text) == [
        "First of all, ",
        "hello there. The next sentence has a comma, but is one. ",
        "And the last.",
    ]


def test_words_without_any_mark_are_cut_between_words():
    clauses = cut("word " * 200)

    assert len(clauses[0]) <= FIRST_MOST
    assert all(len(clause) <= LATER_MOST for clause in clauses)
    assert all(clause.endswith("word ") for clause in clauses if clause)


def test_a_word_without_end_does_not_hang():
    assert "".join(cut("x" * 5000)) == "x" * 5000


def test_marks_of_markdown_are_not_spoken():
    assert speakable("**Bold** and `code`:\n# Title") == "Bold and code : Title"
