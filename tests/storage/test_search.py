"""Words in somebody's own turns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.storage.conversations import create_conversation
from services.storage.search import search_turns
from services.storage.turns import NewTurn, save_turn
from tests.storage.conftest import NOW


@pytest.fixture
def say(database):
    """Stores a turn; gives the id of its conversation."""
    count = 0

    def say(user: str, text: str, conversation_id: str | None = None) -> str:
        nonlocal count
        count += 1
        at = NOW + timedelta(minutes=count)
        with database.write() as session:
            where = conversation_id or create_conversation(session, user, "native", at).id
            new = NewTurn(f"item_{count}", "user", text, at, False, "native", "engine")
            save_turn(session, user, where, new, at)
        return where

    return say


@pytest.fixture
def search(database):
    def search(user: str, *words: str, **more) -> list[str]:
        with database.read() as session:
            found = search_turns(session, user, words, **{"limit": 8} | more)
            return [turn.text for turn, _ in found]

    return search


def test_all_words_count_in_any_case_the_latest_first(say, search):
    say("ada", "My dog is called Rex")
    say("ada", "Rex the DOG eats everything")
    say("ada", "My cat is called Mimi")

    assert search("ada", "dog", "rex") == ["Rex the DOG eats everything", "My dog is called Rex"]


def test_if_nothing_has_them_all_any_of_them_will_do(say, search):
    say("ada", "My dog is called Rex")

    assert search("ada", "dog", "veterinarian") == ["My dog is called Rex"]
    assert search("ada", "veterinarian") == []


def test_letters_beyond_ascii_in_any_case(say, search):
    say("ada", "Über den Ärger mit der Straße")

    assert len(search("ada", "ärger")) == len(search("ada", "ÜBER")) == 1


def test_signs_of_the_query_language_are_only_signs(say, search):
    say("ada", "A discount of 10% or a_b")
    say("ada", "Nothing of the kind, axb")

    assert search("ada", "10%") == ["A discount of 10% or a_b"]
    assert search("ada", "a_b") == ["A discount of 10% or a_b"]
    assert search("ada", "%") == ["A discount of 10% or a_b"]
    assert search("ada", "'; DROP TABLE turns; --") == []


def test_nobody_finds_what_somebody_else_said(say, search):
    say("ben", "My dog is a secret")

    assert search("ada", "dog") == []


def test_one_conversation_can_be_left_out_and_few_are_given(say, search):
    here = say("ada", "This dog is here")
    for number in range(5):
        say("ada", f"dog {number}")

    assert search("ada", "dog", limit=2, without=here) == ["dog 4", "dog 3"]
    assert "This dog is here" not in search("ada", "dog", without=here)
