"""What calls cost, and what becomes of them when the day's money is used up."""

from __future__ import annotations

import logging
from decimal import Decimal

import pytest

from services.storage.usage import spent_on
from services.web.parts import Parts
from tests.stand_ins.openai import StandInOpenAI
from tests.usage.recorded import ALL, HEARD, REPLIES, events
from tests.web.visitor import Visitor, problem_of

SDP = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nm=application 9 UDP/DTLS/SCTP x\r\n"
SESSION = "/api/realtime/session"


@pytest.fixture
def openai():
    with StandInOpenAI() as running:
        yield running


@pytest.fixture
def make_ada(make_app, openai):
    def make(**more) -> Visitor:
        app = make_app(
            provider="openai",
            openai_api_key=openai.server_key,
            openai_realtime_base_url=openai.base_url,
            connect_via="broker",
            **more,
        )
        return Visitor(app)

    return make


def connect(visitor: Visitor, **wishes: object) -> dict:
    session = visitor.mint(**wishes)
    assert visitor.offer(session, sdp=SDP).status_code == 201
    return session


def tell(visitor: Visitor, session: dict, *told: dict) -> dict:
    answer = visitor.post(session["calls_url"] + "/usage", {"events": list(told)})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def spent(visitor: Visitor) -> int:
    parts: Parts = visitor.client.application.extensions["vivavoce"]
    with parts.database.read() as session:
        return spent_on(session, parts.clock().date())


def big_talk(number: int) -> dict:
    """Tell of a reply that heard, and spoke, as much as can be told: more than twelve dollars."""
    usage = {
        "total_tokens": 300_000,
        "input_tokens": 150_000,
        "output_tokens": 150_000,
        "input_token_details": {"audio_tokens": 150_000},
        "output_token_details": {"audio_tokens": 150_000},
    }
    return {"type": "response.done", "response": {"id": f"resp_{number}", "usage": usage}}


def beat(visitor: Visitor, session: dict) -> dict:
    return visitor.post(session["calls_url"] + "/heartbeat", {"state": "speaking"}).get_json()


def test_a_recorded_call_costs_what_a_hand_calculation_says(make_ada):
    ada = make_ada()
    session = connect(ada)

    for event in events():
        told = tell(ada, session, event)
    again = tell(ada, session, *events())

    assert told["cost_usd"] == again["cost_usd"] == ALL / 1_000_000
    assert again["turns"]["item_a2"] == REPLIES["resp_2"] / 1_000_000
    assert again["turns"]["item_u4"] == HEARD["item_u4"] / 1_000_000
    assert beat(ada, session)["cost_usd"] == ALL / 1_000_000
    assert (told["budget"], told["landing"]) == (None, None)


def test_what_is_told_in_no_known_way_costs_nobody_knows_what(make_ada):
    ada = make_ada()
    session = connect(ada)
    usage = {"total_tokens": 12, "input_tokens": 10, "output_tokens": 2}

    assert tell(ada, session)["cost_usd"] == 0
    told = {"type": "response.done", "response": {"id": "resp_9", "usage": usage}}
    assert tell(ada, session, told, *events())["cost_usd"] is None
    # The day's money pays the dearest that it can have been: all of it heard and spoken.
    assert spent(ada) == ALL + 10 * 32 + 2 * 64


def test_a_page_is_believed_no_more_than_its_call_can_have_cost(make_ada, clock):
    clock.now = clock.now.replace(hour=12)
    ada = make_ada(daily_budget_usd=Decimal(20))
    session = connect(ada)

    told = tell(ada, session, *(big_talk(number) for number in range(50)))
    assert (told["cost_usd"], spent(ada)) == (0.5, 500_000)
    clock.pass_by(minutes=2)
    tell(ada, session, *(big_talk(number) for number in range(50, 100)))
    assert spent(ada) == 6_500_000
    assert Visitor(ada.client.application).mint()["provider"] == "openai"


def test_nothing_is_believed_long_after_a_call(make_ada, clock):
    clock.now = clock.now.replace(hour=12)
    ada = make_ada()
    session = connect(ada)
    clock.pass_by(minutes=1)
    ada.delete(session["calls_url"])

    clock.pass_by(minutes=10)
    late = tell(ada, session, *events())
    clock.pass_by(seconds=1)
    later = tell(ada, session, big_talk(1))

    assert late["cost_usd"] == later["cost_usd"] == ALL / 1_000_000
    assert spent(ada) == ALL


def test_models_without_a_price_are_named_at_the_start(make_app, caplog):
    with caplog.at_level(logging.WARNING, "services.calls.catalog"):
        make_app(
            daily_budget_usd=Decimal(1),
            speech_provider="elevenlabs",
            elevenlabs_api_key="key",
            speech_model="eleven_v9",
            transcription_provider="openai",
            transcription_base_url="http://127.0.0.1:9/v1",
        )

    told = [record.args for record in caplog.records if record.args]
    assert told == [("whisper-1 elsewhere",), ("eleven_v9",)]


def test_the_engine_costs_nothing(ada):
    session = ada.mint()
    ada.offer(session)

    assert tell(ada, session, *events())["cost_usd"] == 0


@pytest.mark.parametrize("body", [{}, {"events": "x"}, {"events": [{}] * 51}])
def test_what_is_no_list_of_events_is_refused(ada, body):
    session = ada.mint()

    problem_of(ada.post(session["calls_url"] + "/usage", body), 422, "invalid-field")


@pytest.mark.parametrize("nonsense", [3, None, {"type": 5}, {"type": "response.done"}, []])
def test_nonsense_among_the_events_is_passed_over(ada, nonsense):
    session = ada.mint()
    ada.offer(session)

    assert tell(ada, session, nonsense)["cost_usd"] == 0


def test_most_of_the_money_is_told_and_all_of_it_lands_the_call(make_ada, clock):
    clock.now = clock.now.replace(hour=12)
    ada = make_ada(daily_budget_usd=Decimal("0.02"), engine_url=None)
    session = connect(ada)
    replies = {event["response"]["id"]: event for event in events() if "response" in event}

    first = tell(ada, session, replies["resp_2"])
    assert (first["budget"], first["landing"]) == ({"share": 0.947}, None)
    second = tell(ada, session, replies["resp_1"])
    assert (second["budget"], second["landing"]) == ({"share": 1.307}, "text")
    pulse = beat(ada, session)
    assert (pulse["landing"], pulse["seconds_left"]) == ("text", 120)

    # Nobody else begins something that costs money.
    problem_of(Visitor(ada.client.application).post(SESSION, {}), 429, "budget-used")
    problem_of(ada.post(SESSION, {}), 429, "budget-used")

    clock.pass_by(seconds=30)
    landed = ada.mint(conversation_id=session["conversation_id"])
    clock.pass_by(seconds=1)
    ada.offer(landed, sdp=SDP)
    assert (landed["mode"], landed["provider"]) == ("text", "openai")
    assert landed["limits"]["call_seconds"] == 120
    ada.delete(session["calls_url"])
    assert beat(ada, landed)["landing"] is None
    clock.pass_by(seconds=79)
    assert (beat(ada, landed)["landing"], beat(ada, landed)["seconds_left"]) == ("end", 40)
    again = ada.post(SESSION, {"conversation_id": session["conversation_id"]})
    problem_of(again, 429, "budget-used")
    clock.pass_by(seconds=40)
    over = ada.post(landed["calls_url"] + "/heartbeat", {"state": "listening"})
    assert "spent" in problem_of(over, 410, "call-ended")["detail"]

    clock.pass_by(hours=24)
    assert ada.mint()["mode"] == "native"


def test_the_engine_takes_over_where_there_is_one(make_ada, engine):
    ada = make_ada(daily_budget_usd=Decimal("0.01"), mints_per_minute=100)
    session = connect(ada, mode="text")

    assert tell(ada, session, *events())["landing"] == "engine"
    landed = ada.mint(conversation_id=session["conversation_id"], voice="marin", mode="text")
    assert (landed["provider"], landed["mode"]) == ("engine", "text")
    assert ada.offer(landed).status_code == 201
    assert engine.calls == ["rtc_1"]
    assert beat(ada, landed)["landing"] is None
    # Whoever comes now talks with the engine from the start.
    assert Visitor(ada.client.application).mint()["provider"] == "engine"
    ada.delete(landed["calls_url"])
    assert engine.calls == []


def test_a_key_that_was_minted_ahead_opens_nothing_once_the_money_is_gone(make_ada):
    ada = make_ada(daily_budget_usd=Decimal("0.01"), engine_url=None)
    ahead = ada.mint()
    tell(ada, connect(ada), *events())

    problem_of(ada.offer(ahead, sdp=SDP), 429, "budget-used")


def test_the_page_says_what_is_left_and_what_turns_have_cost(make_ada):
    ada = make_ada()
    session = connect(ada)
    tell(ada, session, *events())
    ada.say(session["conversation_id"])

    page = ada.get(f"/conversations/{session['conversation_id']}").text

    assert "60 min left today" in page
    assert "item_a2" in page and str(REPLIES["resp_2"] / 1_000_000) in page
