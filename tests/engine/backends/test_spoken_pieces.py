from __future__ import annotations

from services.engine.backends.spoken_pieces import split_spoken


def test_a_clause_stays_whole():
    assert split_spoken("The capital of France is Paris.") == ["The capital of France is Paris."]


def test_sentences_are_spoken_one_by_one():
    text = "Hello there. How are you? It costs 3.50 at example.org!"

    assert split_spoken(text) == ["Hello there.", "How are you?", "It costs 3.50 at example.org!"]


def test_a_long_first_sentence_is_cut_at_a_comma():
    text = "When I was a young fox, I lived in a small house near the river, and I was very happy."

    pieces = split_spoken(text)

    assert pieces[0] == "When I was a young fox,"
    assert " ".join(pieces) == text


def test_endless_text_is_cut_between_words():
    text = "word " * 200

    pieces = split_spoken(text)

    assert max(len(piece) for piece in pieces) <= 200
    assert " ".join(pieces) == text.strip()


def test_what_cannot_be_spoken_is_left_out():
    assert split_spoken(" ... \n\n — ") == []
