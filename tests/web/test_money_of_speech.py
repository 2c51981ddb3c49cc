"""What reading aloud and writing down cost, where somebody is paid for it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from services.storage.records import UsageRecord
from services.storage.usage import spent_on
from services.web.parts import Parts
from tests.providers import stand_in_elevenlabs
from tests.providers.stand_in_audio import PIECE
from tests.providers.stand_in_elevenlabs import StandInElevenLabs
from tests.web.visitor import Visitor, problem_of

ROUTE = "/api/realtime/tts"
HELLO = "Hello there."
COST = 50 * len(HELLO)
"""Fifty millionths of a dollar for a character."""


@pytest.fixture
def cloud() -> Iterator[StandInElevenLabs]:
    with StandInElevenLabs() as running:
        yield running


@pytest.fixture
def make_ada(make_app, cloud):
    def make(**more) -> Visitor:
        app = make_app(
            speech_provider="elevenlabs",
            elevenlabs_base_url=cloud.url,
            elevenlabs_api_key=stand_in_elevenlabs.KEY,
            **more,
        )
        return Visitor(app)

    return make


def say(visitor: Visitor, **wish: object) -> bytes:
    """Let something be said, and hear it to its end."""
    answer = visitor.post(ROUTE, {"text": HELLO} | wish)
    assert answer.status_code == 200, answer.text
    sound = answer.data
    answer.close()
    return sound


def spent(visitor: Visitor) -> int:
    parts: Parts = visitor.client.application.extensions["vivavoce"]
    with parts.database.read() as session:
        return spent_on(session, parts.clock().date())


def test_a_text_that_is_read_aloud_costs_by_its_characters_and_from_memory_nothing(make_ada):
    ada = make_ada()

    for _ in range(2):
        assert say(ada) == 3 * PIECE
    assert spent(ada) == COST

    say(ada, speed=1.1)
    assert spent(ada) == 2 * COST


def test_it_counts_for_the_call_in_text_mode_that_goes_on(make_ada):
    ada = make_ada(connect_via="broker")
    session = ada.mint(mode="text")
    ada.offer(session)

    say(ada)

    beat = ada.post(session["calls_url"] + "/heartbeat", {"state": "speaking"})
    assert beat.get_json()["cost_usd"] == COST / 1_000_000


def test_what_is_read_aloud_while_somebody_deletes_all_of_theirs_costs_but_is_nobodys(make_ada):
    ada = make_ada(connect_via="broker")
    ada.offer(ada.mint(mode="text"))

    with ada.post(ROUTE, {"text": HELLO}) as answer:
        assert ada.submit("/privacy/delete", page="/privacy").status_code == 200
        assert answer.data == 3 * PIECE

    parts: Parts = ada.client.application.extensions["vivavoce"]
    with parts.database.read() as session:
        assert session.query(UsageRecord).all() == []
    assert spent(ada) == COST


def test_nothing_is_read_aloud_for_money_that_is_not_there(make_ada, cloud):
    ada = make_ada(daily_budget_usd=Decimal("0.0005"), engine_url=None)
    say(ada)

    problem_of(ada.post(ROUTE, {"text": "Something else."}), 429, "budget-used")

    assert len(cloud.audio.spoken) == 1


def test_the_engine_reads_aloud_when_the_money_is_used_up(make_ada, cloud, engine):
    ada = make_ada(daily_budget_usd=Decimal("0.0005"))
    say(ada)

    with ada.post(ROUTE, {"text": "Something else."}) as answer:
        assert answer.data == 3 * PIECE

    assert answer.headers["Vivavoce-Voice"] == "engine"
    assert (len(cloud.audio.spoken), len(engine.audio.spoken)) == (1, 1)


def test_the_engine_reads_aloud_for_nothing(ada):
    say(ada)

    assert spent(ada) == 0
