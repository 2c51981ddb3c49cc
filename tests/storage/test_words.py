"""Words as the search counts them."""

from __future__ import annotations

import pytest

from services.storage.words import LONGEST_WORD, excerpt, words_of, words_to_find


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("?! … % _", []),
        ("Rex the dog, the DOG.", ["rex", "the", "dog"]),
        ("It's 10% of a_b-c", ["it", "s", "10", "of", "a", "b", "c"]),
        ("mail ada@example.org/x?y=1", ["mail", "ada", "example", "org", "x", "y", "1"]),
        ("Über den Ärger mit der STRASSE", ["uber", "den", "arger", "mit", "der", "strasse"]),
        ("Straße", ["strasse"]),
        ("cafe\u0301 café CAFÉ", ["cafe"]),
        ("Ёлка и ель", ["елка", "и", "ель"]),
        ("Ἀθῆναι ΑΘΗΝΑΙ", ["αθηναι"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("한국어 말", ["한국어", "말"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("x² ½ ①", ["x2", "1", "2"]),
        ("😀 ok", ["ok"]),
    ],
)
def test_case_accents_and_signs_do_not_count(text, words):
    found = words_of(text)

    assert sorted(found) == sorted(dict.fromkeys(words))


def test_a_word_is_as_long_as_any_database_takes():
    assert words_of("x" * 5000) == ["x" * LONGEST_WORD]
    assert words_of("ß" * 5000) == ["s" * LONGEST_WORD]


def test_the_owner_is_one_of_the_words_and_tells_nothing():
    stored = words_to_find("ada", "Hello, hello Ada")

    owner, *words = stored.split(" ")
    assert words == ["hello", "ada"]
    assert words_of(owner[0]) == [] and "ada" not in owner
    assert words_to_find("ben", "Hello").split(" ")[0] != owner


def test_an_excerpt_shows_the_first_hit_and_marks_all():
    text = "Nothing here. " * 20 + "The whales of\nWales sing. " + "And so on. " * 40

    pieces = excerpt(text, ["whale", "wal"])

    assert [piece.text for piece in pieces if piece.is_hit] == ["whales", "Wales"]
    whole = "".join(piece.text for piece in pieces)
    assert whole.startswith("… ") and whole.endswith(" …")
    assert "The whales of Wales sing." in whole
    assert len(whole) < 220


@pytest.mark.parametrize("word", ["हिन्दी", "தமிழ்", "বাংলা", "ไทย", "q\u0301x"])
def test_marks_of_a_script_part_no_word(word):
    pieces = excerpt("nothing " * 30 + f"({word}), " + "and so on " * 30, words_of(word))

    assert "".join(piece.text for piece in pieces if piece.is_hit) == word


def test_an_excerpt_of_a_short_text_is_the_text():
    assert "".join(piece.text for piece in excerpt("Un café!", ["cafe"])) == "Un café!"
    assert [piece.is_hit for piece in excerpt("Un café!", ["cafe"])] == [False, True, False]


def test_an_excerpt_without_a_break_ends_all_the_same():
    pieces = excerpt("東" * 5000, ["東"])

    assert 20 < len("".join(piece.text for piece in pieces)) < 250
