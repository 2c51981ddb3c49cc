from __future__ import annotations

import pytest

from services.engine.backends.finished import finished_by_words


@pytest.mark.parametrize(
    "words",
    [
        "What is the capital of France?",
        "Tell me a joke.",
        "Yes.",
        "stop",
        "Where are you from?",
        "What is it made of?",
        "Yes, it is.",
        "Who is it?",
        "Thank you very much!",
    ],
)
def test_whole_sentences_are_finished(words):
    assert finished_by_words(words) > 0.8


@pytest.mark.parametrize(
    "words",
    [
        "What is the",
        "I think we should leave because",
        "My name is Anna and I",
        "Please set a timer for.",
        "What is?",
        "Where can I?",
        "I would like, um",
        "Well...",
        "First,",
        "How",
    ],
)
def test_sentences_cut_in_the_middle_are_not(words):
    assert finished_by_words(words) < 0.2


def test_words_without_any_mark_leave_a_doubt():
    assert 0.5 < finished_by_words("tell me a joke") < 0.8


def test_no_words_are_rather_not_a_turn():
    assert finished_by_words("") < 0.5
