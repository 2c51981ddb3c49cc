"""Conversations and turns, as rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.errors import NotFound
from services.storage.conversations import (
    UNDO,
    Place,
    create_conversation,
    delete_conversation,
    get_conversation,
    get_deleted,
    list_conversations,
    rename_conversation,
    restore_conversation,
    sweep_deleted,
)
from services.storage.models import Conversation, Turn
from services.storage.turns import NewTurn, list_turns, save_turn

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HELLO = NewTurn(
    item_id="item_1",
    role="user",
    text="Hello there",
    started_at=NOW,
    interrupted=False,
    mode="native",
    provider="engine",
)


@pytest.fixture
def conversation_id(database) -> str:
    with database.write() as session:
        return create_conversation(session, "ada", "native", NOW).id


def save(database, conversation_id: str, turn: NewTurn, user: str = "ada") -> Turn:
    with database.write() as session:
        return save_turn(session, user, conversation_id, turn, NOW)


def turns(database, conversation_id: str) -> list[Turn]:
    with database.read() as session:
        return list_turns(session, conversation_id)


def title(database, conversation_id: str) -> str:
    with database.read() as session:
        return get_conversation(session, "ada", conversation_id).title


def test_a_turn_is_stored_once_however_often_it_is_sent(database, conversation_id):
    for _ in range(3):
        save(database, conversation_id, HELLO)

    assert [turn.text for turn in turns(database, conversation_id)] == ["Hello there"]


def test_a_later_version_changes_text_and_mark_only(database, conversation_id):
    save(database, conversation_id, HELLO)

    later = replace(HELLO, text="Hello", interrupted=True, role="assistant")
    stored = save(database, conversation_id, later)

    assert (stored.text, stored.interrupted, stored.role) == ("Hello", True, "user")


def test_turns_come_in_the_order_in_which_they_began(database, conversation_id):
    for number in (3, 1, 2):
        began = NOW + timedelta(seconds=number)
        save(database, conversation_id, replace(HELLO, item_id=f"item_{number}", started_at=began))

    found = [turn.item_id for turn in turns(database, conversation_id)]
    assert found == ["item_1", "item_2", "item_3"]


def test_the_same_item_id_may_occur_in_two_conversations(database, conversation_id):
    with database.write() as session:
        other = create_conversation(session, "ada", "native", NOW).id

    save(database, conversation_id, HELLO)
    save(database, other, replace(HELLO, text="Other"))

    assert turns(database, conversation_id)[0].text == "Hello there"
    assert turns(database, other)[0].text == "Other"


def test_the_title_is_what_the_user_said_first(database, conversation_id):
    save(database, conversation_id, replace(HELLO, item_id="a", role="assistant", text="Welcome"))
    assert title(database, conversation_id) == "Welcome"

    later = replace(HELLO, item_id="b", text="Tell me\n about whales " + "please " * 20)
    save(database, conversation_id, later)

    words = title(database, conversation_id)
    assert words.startswith("Tell me about whales please")
    assert len(words) <= 60 and words.endswith("please…")


def test_other_peoples_conversations_do_not_exist(database, conversation_id):
    with pytest.raises(NotFound):
        save(database, conversation_id, HELLO, user="ben")
    with pytest.raises(NotFound), database.write() as session:
        delete_conversation(session, "ben", conversation_id, NOW)
    with pytest.raises(NotFound), database.write() as session:
        rename_conversation(session, "ben", conversation_id, "Mine")
    with database.read() as session:
        assert list_conversations(session, "ben", 10) == []


def test_lists_show_conversations_with_turns_latest_first(database, conversation_id):
    with database.write() as session:
        early = create_conversation(session, "ada", "native", NOW).id
        save_turn(session, "ada", early, HELLO, NOW - timedelta(hours=1))
    with database.read() as session:
        assert [found.id for found in list_conversations(session, "ada", 10)] == [early]

    save(database, conversation_id, HELLO)
    with database.read() as session:
        listed = [found.id for found in list_conversations(session, "ada", 10)]
    assert listed == [conversation_id, early]


def test_pages_of_a_list_follow_each_other_also_at_the_same_moment(database):
    made = []
    for number in range(7):
        with database.write() as session:
            made.append(create_conversation(session, "ada", "native", NOW).id)
            save_turn(session, "ada", made[-1], HELLO, NOW + timedelta(seconds=number // 3))

    found: list[Conversation] = []
    while len(found) < 7:
        after = Place(found[-1].updated_at, found[-1].id) if found else None
        with database.read() as session:
            found += list_conversations(session, "ada", 2, after)

    assert sorted(conversation.id for conversation in found) == sorted(made)
    times = [conversation.updated_at for conversation in found]
    assert times == sorted(times, reverse=True)


def test_a_chosen_title_stays_until_it_is_taken_away(database, conversation_id):
    save(database, conversation_id, HELLO)

    with database.write() as session:
        rename_conversation(session, "ada", conversation_id, "  Trip to\n Köln ")
    save(database, conversation_id, replace(HELLO, item_id="item_2", text="More words"))
    assert title(database, conversation_id) == "Trip to Köln"

    with database.write() as session:
        rename_conversation(session, "ada", conversation_id, " ")
    assert title(database, conversation_id) == "Hello there"


def test_what_was_deleted_is_gone_for_everything_but_undoing(database, conversation_id):
    save(database, conversation_id, HELLO)

    with database.write() as session:
        delete_conversation(session, "ada", conversation_id, NOW)

    with pytest.raises(NotFound):
        title(database, conversation_id)
    with pytest.raises(NotFound):
        save(database, conversation_id, HELLO)
    with database.read() as session:
        assert list_conversations(session, "ada", 10) == []
        assert get_deleted(session, "ada", conversation_id, NOW + UNDO).title == "Hello there"
    with pytest.raises(NotFound), database.write() as session:
        restore_conversation(session, "ben", conversation_id, NOW)

    with database.write() as session:
        restore_conversation(session, "ada", conversation_id, NOW + UNDO)
    assert title(database, conversation_id) == "Hello there"
    with pytest.raises(NotFound), database.write() as session:
        restore_conversation(session, "ada", conversation_id, NOW)


def test_after_a_while_the_deletion_is_for_good(database, conversation_id):
    save(database, conversation_id, HELLO)
    with database.write() as session:
        delete_conversation(session, "ada", conversation_id, NOW)

    late = NOW + UNDO + timedelta(seconds=1)
    with pytest.raises(NotFound), database.write() as session:
        restore_conversation(session, "ada", conversation_id, late)
    with database.write() as session:
        sweep_deleted(session, NOW + UNDO)
    with database.read() as session:
        assert session.get(Conversation, conversation_id) is not None
    with database.write() as session:
        sweep_deleted(session, late)

    with database.read() as session:
        assert session.get(Conversation, conversation_id) is None
    assert turns(database, conversation_id) == []


def test_an_end_and_places_once_known_stay_known(database, conversation_id):
    ended = NOW + timedelta(seconds=2)
    save(database, conversation_id, replace(HELLO, ended_at=ended, places='["here"]'))

    stored = save(database, conversation_id, HELLO)

    assert (stored.ended_at, stored.places) == (ended, '["here"]')
