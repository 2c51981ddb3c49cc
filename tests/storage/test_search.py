"""Words in somebody's own turns and titles, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, text, update

from services.storage.conversations import (
    UNDO,
    create_conversation,
    delete_conversation,
    rename_conversation,
    sweep_deleted,
)
from services.storage.models import Turn
from services.storage.search import AT_ONCE, read_some, search_titles, search_turns
from services.storage.turns import NewTurn, delete_turn, save_turn
from tests.storage.conftest import NOW


@pytest.fixture
def say(database):
    """Stores a turn; gives the id of its conversation."""
    count = 0

    def say(user: str, text: str, conversation_id: str | None = None, item_id: str = "") -> str:
        nonlocal count
        count += 1
        at = NOW + timedelta(minutes=count)
        with database.write() as session:
            where = conversation_id or create_conversation(session, user, "native", at).id
            item_id = item_id or f"item_{count}"
            new = NewTurn(item_id, "user", text, at, False, "native", "engine")
            save_turn(session, user, where, new, at)
        return where

    return say


@pytest.fixture
def search(database):
    def search(user: str, query: str, **more) -> list[str]:
        with database.read() as session:
            found = search_turns(session, user, query, **{"limit": 8} | more)
            return [turn.text for turn, _ in found]

    return search


def test_all_words_count_in_any_case_the_latest_first(say, search):
    say("ada", "My dog is called Rex")
    say("ada", "Rex the DOG eats everything")
    say("ada", "My cat is called Mimi")

    assert search("ada", "dog rex") == ["Rex the DOG eats everything", "My dog is called Rex"]


def test_one_word_is_enough_where_that_is_wanted(say, search):
    say("ada", "My dog is called Rex")

    assert search("ada", "dog veterinarian") == []
    assert search("ada", "dog veterinarian", any_word=True) == ["My dog is called Rex"]
    assert search("ada", "veterinarian", any_word=True) == []


def test_a_word_is_found_by_its_beginning(say, search):
    say("ada", "The veterinarian said so")

    assert search("ada", "vet") == search("ada", "v s") == ["The veterinarian said so"]
    assert search("ada", "terinarian") == []


@pytest.mark.parametrize(
    "query",
    ["ärger", "ARGER", "über", "strasse", "STRAẞE", "東京", "京東", "e\u0301ta", "11", "сча", "ёж"],
)
def test_accents_case_and_scripts(say, search, query):
    said = "Über den Ärger mit der Straße: 東京 états 1.112 Счастье Еж"
    say("ada", said)
    say("ada", "Nothing of the kind")

    assert search("ada", query) == [said]


@pytest.mark.parametrize(
    "query",
    ["%", "_", '"', "'", "*", "dog*", '"dog"', "dog:*", "dog & !cat", "dog | cat", "dog AND", "NOT",
     "words : dog", "-dog", "dog NEAR cat", "'; DROP TABLE turns; --", "\\", "(dog", "^dog", "\0"],
)  # fmt: skip
def test_signs_of_a_query_language_are_only_signs(say, search, query):
    say("ada", "A dog")

    found = search("ada", query)

    assert found == (["A dog"] if query.strip('"*:^(-') == "dog" else [])


def test_nobody_finds_what_somebody_else_said(say, search):
    say("ben", "My dog is a secret")
    say("ada", "The cat is none")

    assert search("ada", "dog") == []
    assert search("ada", "dog is", any_word=True) == ["The cat is none"]


def test_whose_it_is_is_no_word_of_it(say, search):
    say("ada", "hello there")
    say("ada", "an owl")

    assert search("ada", "own") == search("ada", "owner") == search("ada", "·") == []
    assert search("ada", "o") == search("ada", "own ow", any_word=True) == ["an owl"]


def test_one_conversation_can_be_left_out_and_few_are_given(say, search):
    here = say("ada", "dog one")
    for number in range(5):
        say("ada", f"dog {number} there")

    assert len(search("ada", "dog", without=here)) == 5
    assert search("ada", "dog one", without=here) == []
    assert search("ada", "dog", limit=2) == ["dog 4 there", "dog 3 there"]


def test_pages_follow_each_other(database, say):
    for number in range(7):
        say("ada", f"dog {number}")

    found: list[str] = []
    before = None
    for _ in range(4):
        with database.read() as session:
            page = search_turns(session, "ada", "dog", limit=2, before=before)
        found += [turn.text for turn, _ in page]
        before = page[-1][0].id

    assert found == [f"dog {number}" for number in reversed(range(7))]


def test_what_was_cut_taken_back_or_deleted_is_not_found(database, say, search):
    where = say("ada", "A dog and a cat", item_id="item_a")
    say("ada", "A dog and a cat", where, item_id="item_b")

    say("ada", "A dog", where, item_id="item_a")
    with database.write() as session:
        delete_turn(session, "ada", where, "item_b")

    assert search("ada", "cat") == []
    assert search("ada", "dog") == ["A dog"]

    with database.write() as session:
        delete_conversation(session, "ada", where, NOW)
    assert search("ada", "dog") == []
    with database.write() as session:
        sweep_deleted(session, NOW + 2 * UNDO)
    assert search("ada", "dog") == []


def test_what_an_older_version_stored_is_read_when_somebody_searches(database, say, search):
    where = ""
    for number in range(5):
        where = say("ada", f"dog {number}", where or None)
    with database.write() as session:
        session.execute(update(Turn).values(words=None))
    assert search("ada", "dog") == []

    assert not read_some(database)

    assert len(search("ada", "dog")) == 5


def test_of_many_turns_the_latest_are_read_first(database, say, search):
    where = say("ada", "dog 0")
    with database.write() as session:
        row = {"conversation_id": where, "role": "user", "started_at": NOW, "mode": "native",
               "interrupted": False, "provider": "engine"}  # fmt: skip
        numbers = range(1, AT_ONCE + 3)
        rows = [row | {"item_id": f"old_{n}", "text": f"dog {n}"} for n in numbers]
        session.execute(insert(Turn), rows)

    assert read_some(database)

    # The first one was stored by this version.
    assert len(search("ada", "dog", limit=5000)) == AT_ONCE + 1
    assert search("ada", f"dog {AT_ONCE + 2}") == [f"dog {AT_ONCE + 2}"]
    assert not read_some(database)
    assert len(search("ada", "dog", limit=5000)) == AT_ONCE + 3


def test_a_title_is_found_once_somebody_chose_it(database, say):
    where = say("ada", "Hello there")
    other = say("ada", "Something else")
    say("ben", "His own")

    def titled(query: str, user: str = "ada") -> list[str]:
        with database.read() as session:
            return [found.id for found in search_titles(session, user, query, 8)]

    assert titled("hello") == []
    with database.write() as session:
        rename_conversation(session, "ada", where, "Züge nach Köln_100%")
        rename_conversation(session, "ada", other, "Flüge nach Köln")

    assert titled("koln zug") == [where]
    assert titled("100") == [where] and titled("oln") == []
    assert titled("nach") == [other, where]
    assert titled("nach", "ben") == titled("%") == []


def test_the_index_is_used(database, say):
    for number in range(20):
        say("ada", f"dog {number}")

    statements: list[str] = []
    with database.read() as session:
        connection = session.connection()
        dialect = connection.dialect.name
        if dialect == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_indexscan = off"))
            plan = connection.execute(
                text("EXPLAIN SELECT id FROM turns WHERE words @@ '''dog'':*'::tsquery")
            )
        else:
            plan = connection.execute(
                text("EXPLAIN QUERY PLAN SELECT rowid FROM turns_fts WHERE turns_fts MATCH 'dog*'")
            )
        statements = [" ".join(map(str, row)) for row in plan]

    wanted = "ix_turns_words" if dialect == "postgresql" else "VIRTUAL TABLE INDEX"
    assert any(wanted in line for line in statements), statements
