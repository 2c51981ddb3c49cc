"""People and their sign-ins, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.accounts.identity import Identity, is_among
from services.accounts.people import VOUCHED_FOR, People
from services.storage.database import Database
from services.storage.erasure import erase_records

ISSUER = "https://issuer.example"
ADA = Identity("ada@example.com", ISSUER, "4711")


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = Database(database_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def people(database, clock) -> People:
    return People(database, ISSUER, ("ada@example.com",), clock)


def test_the_same_subject_is_the_same_person(people):
    first = people.sign_in(ADA)
    second = people.sign_in(Identity("Ada L.", ISSUER, "4711"))

    assert first.user_id == second.user_id and first.sign_in_id != second.sign_in_id
    assert people.find(first.sign_in_id).label == "Ada L."


def test_somebody_who_signs_in_many_times_at_once_is_one_person(people):
    with ThreadPoolExecutor(8) as pool:
        entered = list(pool.map(lambda _: people.sign_in(ADA), range(24)))

    assert len({person.user_id for person in entered}) == 1
    assert len({person.sign_in_id for person in entered}) == 24


def test_the_same_subject_of_another_issuer_is_somebody_else(people, database, clock):
    other = People(database, "https://other.example", (), clock)
    elsewhere = other.sign_in(Identity("ada@example.com", "https://other.example", "4711"))

    assert people.sign_in(ADA).user_id != elsewhere.user_id
    assert people.find(elsewhere.sign_in_id) is None


def test_with_a_code_everybody_is_new(database, clock):
    people = People(database, None, (), clock)
    first, second = (people.sign_in(Identity("ada@example.com")) for _ in range(2))

    assert first.user_id != second.user_id
    assert people.find(first.sign_in_id or "") == first and not first.is_vouched_for


def test_a_sign_in_by_a_code_lives_as_long_as_it_is_used(database, clock):
    people = People(database, None, (), clock)
    used, forgotten = (people.sign_in(Identity("ada@example.com")) for _ in range(2))

    for _ in range(3):
        clock.pass_by(days=300)
        with database.write() as session:
            erase_records(session, clock.now)
        assert people.find(used.sign_in_id or "") == used

    assert people.find(forgotten.sign_in_id or "") is None


def test_a_sign_in_by_a_code_is_continued_under_the_same_name(people, database, clock):
    door = People(database, None, (), clock)
    ada = door.sign_in(Identity("ada@example.com"))

    other = door.sign_in(Identity("ben@example.com"), ada.sign_in_id)
    again = door.sign_in(Identity("Ada@example.com"), ada.sign_in_id)
    late = door.sign_in(Identity("ada@example.com"), ada.sign_in_id)

    assert again.user_id == ada.user_id and again.sign_in_id != ada.sign_in_id
    assert len({each.user_id for each in (ada, other, late)}) == 3
    known = people.sign_in(ADA)
    assert door.sign_in(Identity(ADA.label), known.sign_in_id).user_id != known.user_id


def test_a_sign_in_ends_alone_or_with_all_others(people):
    first, second, third = (people.sign_in(ADA) for _ in range(3))

    people.sign_out(first)
    people.sign_out(first)
    assert people.find(first.sign_in_id) is None
    assert people.find(second.sign_in_id) == second

    people.sign_out(second, everywhere=True)
    assert people.find(third.sign_in_id) is None


def test_the_word_of_an_issuer_wears_out(people, clock):
    old = people.sign_in(ADA)
    clock.now += VOUCHED_FOR

    assert people.find(old.sign_in_id) is None
    new = people.sign_in(ADA)
    assert people.find(new.sign_in_id) == new


def test_nobody_is_found_by_nonsense(people):
    assert people.find("") is None and people.find("x" * 5000) is None


@pytest.mark.parametrize(
    ("subject", "label", "is_owner"),
    [
        ("1", "Ada@Example.com", True),
        ("4711", "Ada", True),
        ("47", "Ada", False),
        ("1", "4711", False),
        (None, "ada@example.com", False),
        ("1", None, False),
    ],
)
def test_owners_are_named_by_address_or_subject(subject, label, is_owner):
    assert is_among(("ada@example.com", "4711"), subject, label) is is_owner
