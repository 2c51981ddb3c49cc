"""Really gone: words, figures, the search index, and what a file still holds of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import select

from services.storage import belongings
from services.storage.conversations import create_conversation
from services.storage.erasure import (
    OF_A_PERSON,
    erase_conversations,
    erase_person,
    erase_records,
    erase_shadows,
    erase_unconnected,
    erase_unreachable,
    erase_wordless,
    forget_sessions,
    last_erasure,
)
from services.storage.models import Base, Call, Conversation, Turn, User
from services.storage.records import Failure, Timing, UsageRecord
from services.storage.search import search_turns
from services.storage.settings import save_settings
from services.storage.shredding import shred
from services.storage.sign_ins import begin_sign_in
from services.storage.turns import NewTurn, save_turn
from services.storage.users import create_user, ensure_user, enter_user
from tests.storage.test_insights import call, used, waited

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TODAY = NOON.replace(hour=0)
SECRET = "xylophone"
"""A word that stands nowhere else."""


def live(database, user: str, word: str, at: datetime = NOON) -> str:
    """Leave something in every table."""
    with database.write() as session:
        conversation = create_conversation(session, user, "native", at)
        session.flush()
        turn = NewTurn("item_1", "user", f"My {word} is new", at, False, "native", "engine")
        save_turn(session, user, conversation.id, turn, at)
        save_settings(session, user, {"instructions": f"Play the {word}"}, at)
        asked = {"session": f'{{"instructions":"{word}"}}', "conversation_id": conversation.id}
        for name, began in (("old", at - timedelta(days=1)), ("new", at)):
            session.add(call(f"{user}-{name}", user, began, 3, **asked))
        session.flush()
        session.add(used(user, f"{user}-new", 5))
        session.add(waited(user, at, mint_ms=1))
        session.add(Failure(at=at, code="offline", user_id=user))
        return conversation.id


def rows_of(session, user: str) -> dict[str, int]:
    """Count the rows of somebody in each table that names people."""
    return {
        table.name: len(session.execute(select(table).where(table.c.user_id == user)).all())
        for table in Base.metadata.sorted_tables
        if "user_id" in table.c
    }


def test_a_person_leaves_nothing_but_how_long_they_talked_today(database):
    live(database, "ada", SECRET)
    live(database, "ben", "piano")

    with database.write() as session:
        erase_person(session, "ada", TODAY, NOON)

    with database.read() as session:
        left = {name: count for name, count in rows_of(session, "ada").items() if count}
        (today,) = session.scalars(select(Call).where(Call.user_id == "ada"))
        assert left == {"calls": 1}
        assert (today.session, today.conversation_id, today.key_hash) == ("{}", None, None)
        assert {name for name, n in rows_of(session, "ben").items() if not n} == {"sign_ins"}
        assert len(session.scalars(select(Turn)).all()) == 1
        assert last_erasure(session) == NOON
    with database.write() as session:
        assert search_turns(session, "ada", SECRET, limit=9) == []
        assert len(search_turns(session, "ben", "piano", limit=9)) == 1


def test_the_next_day_nobody_knows_that_they_were_there(database):
    live(database, "ada", SECRET)
    with database.write() as session:
        erase_person(session, "ada", TODAY, NOON)
        erase_shadows(session, TODAY)
        assert session.get(User, "ada") is not None

    with database.write() as session:
        erase_shadows(session, TODAY + timedelta(days=1))

    with database.read() as session:
        assert session.get(User, "ada") is None
        assert session.scalars(select(Call)).all() == []
        assert session.get(User, "ben") is None  # of whom there never was anything


def test_whoever_has_something_is_no_shadow(database):
    live(database, "ben", "piano")

    with database.write() as session:
        erase_shadows(session, TODAY + timedelta(days=5))

    with database.read() as session:
        assert session.get(User, "ben") is not None


def test_the_address_of_whoever_has_nothing_here_goes(database):
    with database.write() as session:
        enter_user(session, "https://issuer.example", "4711", "ada@example.com", NOON)
        begin_sign_in(session, create_user(session, "ben@example.com", NOON), NOON)

    with database.write() as session:
        erase_shadows(session, TODAY + timedelta(days=1))

    with database.read() as session:
        labels = session.scalars(select(User.label)).all()
    assert [label for label in labels if label] == ["ben@example.com"]


def test_what_nobody_can_reach_any_more_goes_after_a_while(database):
    """Those whom a code let in are nobody again once they have signed out."""
    with database.write() as session:
        people = {
            "gone": create_user(session, "ada@example.com", NOON),
            "signed in": create_user(session, "ada@example.com", NOON),
            "known": enter_user(session, "https://issuer.example", "1", "a@example.com", NOON),
            "talked lately": create_user(session, "ada@example.com", NOON),
        }
        begin_sign_in(session, people["signed in"], NOON)
    for name, user_id in people.items():
        live(database, user_id, SECRET, NOON + timedelta(days=9 * (name == "talked lately")))

    with database.write() as session:
        count = erase_unreachable(session, NOON + timedelta(days=5))

    with database.read() as session:
        left = {name for name, user_id in people.items() if session.get(User, user_id)}
        assert (count, left) == (1, people.keys() - {"gone"})
        assert not any(rows_of(session, people["gone"]).values())
    with database.write() as session:
        assert search_turns(session, people["gone"], SECRET, limit=9) == []


def test_the_file_holds_no_word_of_theirs(database):
    if database.file is None:
        pytest.skip("PostgreSQL overwrites deleted rows by its own vacuum")
    live(database, "ada", SECRET)
    with database.write() as session:
        erase_person(session, "ada", TODAY, NOON)

    shred(database)

    content = b"".join(
        path.read_bytes() for path in database.file.parent.glob(f"{database.file.name}*")
    )
    assert b"ada" in content  # it is the right file
    assert SECRET.encode() not in content.lower()


def test_old_conversations_go_with_their_turns(database):
    old = live(database, "ada", SECRET, NOON - timedelta(days=31))
    new = live(database, "ben", "piano")

    with database.write() as session:
        count = erase_conversations(session, NOON - timedelta(days=30))

    with database.write() as session:
        assert count == 1
        assert [each.id for each in session.scalars(select(Conversation))] == [new]
        assert session.scalars(select(Turn.conversation_id)).all() == [new]
        assert old != new
        assert search_turns(session, "ada", SECRET, limit=9) == []


def test_only_what_was_begun_for_nothing_goes_by_itself(database):
    day = timedelta(days=1)
    with database.write() as session:
        ensure_user(session, "ada", NOON)
        wordless, called, new = (
            create_conversation(session, "ada", "native", at).id
            for at in (NOON - day, NOON - day, NOON)
        )
        session.add(call("prepared", "ada", NOON, None, connected_at=None, conversation_id=called))
        session.add(call("made", "ada", NOON, 1))
    spoken = live(database, "ben", "piano", NOON - day)

    with database.write() as session:
        assert erase_wordless(session, NOON) == 1
        erase_unconnected(session, NOON)
        assert session.get(Call, "prepared") is not None
        erase_unconnected(session, NOON + day)

    with database.read() as session:
        kept = set(session.scalars(select(Conversation.id)))
        assert kept == {called, new, spoken}
        assert wordless not in kept
        assert session.get(Call, "prepared") is None
        assert session.get(Call, "made") is not None


def test_instructions_are_kept_for_as_long_as_their_call_needs_them(database):
    live(database, "ada", SECRET)
    with database.write() as session:
        session.add(call("still", "ada", NOON - timedelta(days=2), None, session='{"a":1}'))

    with database.write() as session:
        forget_sessions(session, NOON)

    with database.read() as session:
        found = dict(session.execute(select(Call.id, Call.session)).all())
    assert found["ada-old"] == "{}"
    assert found["still"] == '{"a":1}'
    assert SECRET in found["ada-new"]


def test_figures_are_kept_for_little_more_than_a_year(database):
    with database.write() as session:
        ensure_user(session, "ada", NOON)
        for days in (399, 401):
            at = NOON - timedelta(days=days)
            session.add(waited("ada", at, mint_ms=days))
            session.add(call(f"c{days}", "ada", at, 1))
            row = used("ada", "", days)
            row.call_id, row.at = None, at  # a voice that was tried in the settings
            session.add(row)

    with database.write() as session:
        erase_records(session, NOON)

    with database.read() as session:
        assert session.scalars(select(Timing.mint_ms)).all() == [399]
        assert session.scalars(select(Call.id)).all() == ["c399"]
        assert session.scalars(select(UsageRecord.cost_micro_usd)).all() == [399]


def test_everything_of_somebody_can_be_taken_along(database):
    conversation_id = live(database, "ada", SECRET)
    live(database, "ben", "piano")

    with database.read() as session:
        about = belongings.about(session, "ada")
        (only,) = belongings.conversation_ids(session, "ada")
        conversation = belongings.conversation(session, only)
        records = {name: belongings.records(session, "ada", name) for name in belongings.TABLES}

    assert about["settings"] == {"instructions": f"Play the {SECRET}"}
    assert conversation is not None and conversation["id"] == conversation_id
    (turn,) = cast("list[dict[str, object]]", conversation["turns"])
    assert turn["text"] == f"My {SECRET} is new"
    assert {name: len(rows) for name, rows in records.items()} == {
        "sign_ins": 0, "calls": 2, "usage": 1, "timings": 1, "errors": 1,
    }  # fmt: skip
    assert "key_hash" not in records["calls"][0]
    assert "piano" not in str((about, conversation, records))


def test_every_table_that_names_people_is_exported_and_deleted():
    naming = {table.name for table in Base.metadata.sorted_tables if "user_id" in table.c}

    assert naming == belongings.TABLES.keys() | {"conversations", "settings"}
    assert naming == {table.__tablename__ for table in OF_A_PERSON} | {"calls"}
