"""Servers that resemble OpenAI: where they deviate, and what becomes of it."""

from __future__ import annotations

import json
import time

import pytest

from services.errors import ModelUnknown
from services.providers.openai import make_openai
from tests.providers.houses import OFFER, SESSION, openai_config, openai_provider
from tests.stand_ins.openai import StandInOpenAI
from tests.stand_ins.plans import Planned, error

MINT = "/realtime/client_secrets"
CALLS = "/realtime/calls"
SDP = b"v=0\r\ns=-\r\n"
UNREAD = error(415, "", "Unsupported Media Type")


@pytest.fixture
def openai():
    with StandInOpenAI() as running:
        yield running


@pytest.fixture
def provider(openai):
    made = openai_provider(openai)
    yield made
    made.close()


def mint(provider, session=SESSION):
    return provider.mint(session, safety_identifier="hashed-ada")


@pytest.mark.parametrize(
    "answer",
    [
        Planned(200, SDP, "text/plain"),
        Planned(201, json.dumps({"sdp": SDP.decode(), "session_id": "s"}).encode()),
    ],
)
def test_other_servers_answer_an_offer_in_other_ways(provider, openai, answer):
    openai.plans.always(CALLS, answer)

    brokered = provider.broker(OFFER, SESSION, safety_identifier="x")

    assert (brokered.sdp, brokered.provider_call_id) == (SDP.decode(), None)


def test_a_server_that_reads_no_forms_gets_the_offer_alone(provider, openai):
    openai.plans.next(CALLS, UNREAD, *[Planned(201, SDP, "application/sdp")] * 2)

    first = provider.broker(OFFER, SESSION, safety_identifier="x")
    second = provider.broker(OFFER, SESSION, safety_identifier="x")

    kinds = [asked.headers["content-type"].partition(";")[0] for asked in openai.asked_for(CALLS)]
    assert kinds == ["multipart/form-data", "application/sdp", "application/sdp"]
    assert not first.knows_session and not second.knows_session


def test_a_server_that_reads_json_only_gets_json(provider, openai):
    answer = Planned(201, json.dumps({"sdp": SDP.decode()}).encode())
    openai.plans.next(CALLS, UNREAD, UNREAD, answer)

    assert provider.broker(OFFER, SESSION, safety_identifier="x").sdp == SDP.decode()
    assert json.loads(openai.asked_for(CALLS)[-1].body) == {
        "sdp": OFFER.decode(),
        "model": "gpt-realtime-2.1",
    }


def test_older_servers_wrap_the_key(provider, openai):
    wrapped = {"id": "sess_1", "client_secret": {"value": "ek_old", "expires_at": 2_000_000_000}}
    openai.plans.next(MINT, Planned(200, json.dumps(wrapped).encode()))
    openai.plans.next(MINT, Planned(200, b'{"client_secret": {"value": "ek_older"}}'))

    assert mint(provider).expires_at.timestamp() == 2_000_000_000
    older = mint(provider)
    assert older.value == "ek_older"
    assert 55 <= older.expires_at.timestamp() - time.time() <= 60


def test_a_server_without_keys_gets_the_advice_to_broker(provider, openai):
    openai.plans.always(MINT, error(404, "", "Not found"))

    with pytest.raises(ModelUnknown, match="CONNECT_VIA=broker"):
        mint(provider)


def test_a_server_without_a_list_of_models_can_be_reached_all_the_same(provider, openai):
    openai.plans.always("/models", error(404, "", "Not found"))

    provider.check()
    with pytest.raises(ModelUnknown):
        provider.models()


def test_a_server_with_models_of_its_own_promises_less(openai):
    provider = make_openai(openai_config(openai, OPENAI_REALTIME_MODEL="qwen-omni"))

    offer = provider.capabilities()
    assert (offer.models, offer.voices) == (("qwen-omni",), ())
    assert not offer.priced and offer.why_not["voices"]
    assert provider.label == "the server 127.0.0.1"
    provider.close()
