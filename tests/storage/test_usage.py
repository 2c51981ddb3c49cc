"""What was used up and what it cost, as rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.storage.usage import (
    CallCost,
    NewUsage,
    cost_of_call,
    cost_of_conversation,
    cost_of_turns,
    record_usage,
    spent_in,
    spent_on,
)
from tests.storage.calls import add_call
from tests.storage.conftest import NOW

REPLY = NewUsage("resp_1", "item_1", "openai", "gpt-realtime-2.1", "reply", {"text_out": 5}, 120)


@pytest.fixture
def call_id(database) -> str:
    with database.write() as session:
        return add_call(session, "ada").id


def record(database, call_id: str | None, *usage: NewUsage, at=NOW) -> list[bool]:
    with database.write() as session:
        return [record_usage(session, "ada", call_id, each, at) for each in usage]


def test_what_is_told_twice_counts_once(database, call_id):
    assert record(database, call_id, REPLY, REPLY) == [True, False]
    assert record(database, call_id, replace(REPLY, cost_micro_usd=9)) == [False]

    with database.read() as session:
        assert cost_of_call(session, call_id) == CallCost(120, is_complete=True, is_empty=False)
        assert spent_on(session, NOW.date()) == 120


def test_the_same_name_in_another_call_is_another_reply(database, call_id):
    with database.write() as session:
        other = add_call(session, "ada").id
    assert record(database, call_id, REPLY) + record(database, other, REPLY) == [True, True]

    with database.read() as session:
        assert spent_on(session, NOW.date()) == 240


def test_what_has_no_price_makes_the_sum_unknown(database, call_id):
    with database.read() as session:
        empty = cost_of_call(session, call_id)
    record(database, call_id, REPLY, replace(REPLY, response_id="resp_2", cost_micro_usd=None))

    with database.read() as session:
        cost = cost_of_call(session, call_id)
    assert (empty.usd, empty.is_empty) == (0, True)
    assert (cost.usd, cost.micro_usd) == (None, 120)


def test_what_cannot_be_told_takes_the_most_that_it_may_be_from_the_days_money(database, call_id):
    unclear = replace(REPLY, response_id="resp_2", cost_micro_usd=None, most_micro_usd=900)
    record(database, call_id, REPLY, unclear, replace(unclear, response_id="resp_3").within(5))

    with database.read() as session:
        assert spent_in(session, call_id) == spent_on(session, NOW.date()) == 120 + 900 + 5


def test_each_day_has_its_own_sum(database, call_id):
    record(database, call_id, REPLY)
    record(database, call_id, replace(REPLY, response_id="resp_2"), at=NOW + timedelta(days=1))

    with database.read() as session:
        days = [spent_on(session, (NOW + timedelta(days=ahead)).date()) for ahead in (0, 1, 2)]
    assert days == [120, 120, 0]


def test_turns_cost_what_belongs_to_them(database):
    with database.write() as session:
        call = add_call(session, "ada")
    again = replace(REPLY, response_id="resp_2", cost_micro_usd=30)
    heard = replace(REPLY, response_id="heard_1", item_id="item_0", cost_micro_usd=None)
    nobodys = replace(REPLY, response_id="resp_3", item_id=None)
    record(database, call.id, REPLY, again, heard, nobodys)

    with database.read() as session:
        some = cost_of_turns(session, call.id, ["item_1", "item_9"])
        every = cost_of_conversation(session, call.conversation_id or "")
    assert some == {"item_1": 150}
    assert every == {"item_0": None, "item_1": 150}
