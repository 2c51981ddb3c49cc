"""What every provider promises, whoever answers calls behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from services.errors import (
    KeyRefused,
    OfferRejected,
    ProviderBusy,
    ProviderProtocolError,
    ProviderRefused,
    ProviderUnavailable,
)
from services.providers.base import Provider
from services.providers.engine import EngineProvider
from services.upstream.engine_api import EngineApi
from services.upstream.http import HttpApi
from tests.providers.houses import OFFER, SESSION, azure_provider, openai_provider
from tests.providers.stand_in_engine import MODEL, SERVER_KEY, StandInEngine
from tests.stand_ins.azure import DEPLOYMENT, StandInAzure
from tests.stand_ins.openai import StandInOpenAI
from tests.stand_ins.plans import Planned, error


@dataclass
class House:
    """A provider, and how its house is made to behave."""

    provider: Provider
    model: str
    key: str
    answer: Callable[[int, str], None]
    """Answer everything with an error from now on: status, code."""
    nonsense: Callable[[bytes], None]
    """Answer everything with 200 and this."""
    identifiers: Callable[[], list[str | None]]

    @property
    def session(self) -> dict[str, object]:
        return SESSION | {"model": self.model}


@pytest.fixture(params=["engine", "openai", "azure"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    if request.param == "engine":
        with StandInEngine() as engine:
            made = EngineProvider(EngineApi(engine.state, SERVER_KEY, HttpApi(5.0)))
            yield House(
                made,
                MODEL,
                SERVER_KEY,
                lambda status, code: engine.fail(status, "Words.", code),
                lambda body: engine.answer_always(200, body),
                lambda: list(engine.safety_identifiers),
            )
            made.close()
        return
    kind = StandInOpenAI if request.param == "openai" else StandInAzure
    with kind() as cloud:
        provider = (openai_provider if request.param == "openai" else azure_provider)(cloud)
        yield House(
            provider,
            "gpt-realtime-2.1" if request.param == "openai" else DEPLOYMENT,
            cloud.server_key,
            lambda status, code: cloud.plans.always("", error(status, code, "Words.")),
            lambda body: cloud.plans.always("", Planned(200, body, "text/html")),
            lambda: list(cloud.safety_identifiers),
        )
        provider.close()


def test_a_key_opens_a_call_that_can_be_hung_up_twice(house):
    secret = house.provider.mint(house.session, safety_identifier="hashed-ada")
    answer = house.provider.connect(OFFER, key=secret.value)

    assert 50 <= secret.expires_at.timestamp() - time.time() <= 61
    assert secret.session["model"] == house.model
    assert answer.sdp.startswith("v=0")
    assert answer.provider_call_id and answer.provider_call_id.startswith("rtc_")
    house.provider.hang_up(answer.provider_call_id)
    house.provider.hang_up(answer.provider_call_id)
    assert house.identifiers() == ["hashed-ada"]


def test_an_offer_can_be_brokered(house):
    answer = house.provider.broker(OFFER, house.session, safety_identifier="hashed-ada")

    assert answer.sdp.startswith("v=0") and answer.provider_call_id
    assert house.identifiers() == ["hashed-ada"]


def test_it_says_what_it_has(house):
    offer = house.provider.capabilities()

    assert offer.models == (house.model,)
    assert offer.voices
    assert offer.modes == ("native", "text")
    assert set(offer.why_not) <= set(vars(offer))
    house.provider.check()
    assert house.provider.models()


def test_the_socket_carries_model_and_key(house):
    socket = house.provider.socket(house.session, safety_identifier="hashed-ada")

    assert socket.url.startswith("ws://127.0.0.1:")
    assert socket.url.endswith(f"/v1/realtime?model={house.model}")
    assert socket.headers["OpenAI-Safety-Identifier"] == "hashed-ada"
    assert any(house.key in value for value in socket.headers.values())
    assert house.key not in repr(socket)


def test_a_foreign_key_is_refused(house):
    if house.model == MODEL:
        foreign = "ek_foreign"
    else:
        foreign = "ek_" + "0" * 32

    with pytest.raises(KeyRefused):
        house.provider.connect(OFFER, key=foreign)


@pytest.mark.parametrize("offer", [b"v=0\r\n", b"v=0\r\n\xff"])
def test_a_broken_offer_is_rejected(house, offer):
    key = house.provider.mint(house.session, safety_identifier="x").value

    with pytest.raises(OfferRejected):
        house.provider.connect(offer, key=key)
    with pytest.raises(OfferRejected):
        house.provider.broker(offer, house.session, safety_identifier="x")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "invalid_api_key", ProviderRefused),
        (503, "overloaded", ProviderBusy),
        (500, "server_error", ProviderUnavailable),
        (502, "", ProviderUnavailable),
        (302, "", ProviderProtocolError),
    ],
)
def test_every_refusal_has_its_error(house, status, code, expected):
    house.answer(status, code)

    with pytest.raises(expected) as caught:
        house.provider.mint(house.session, safety_identifier="x")
    assert type(caught.value) is expected
    assert house.key not in str(caught.value)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"value": 5}', b"\xff", b" " * 1_100_000])
def test_nonsense_is_called_so(house, body):
    house.nonsense(body)

    with pytest.raises(ProviderProtocolError):
        house.provider.mint(house.session, safety_identifier="x")
    with pytest.raises(ProviderProtocolError):
        house.provider.broker(OFFER, house.session, safety_identifier="x")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [(401, "", ProviderRefused), (0, "invalid_api_key", ProviderRefused), (503, "", ProviderBusy)],
)
def test_a_refused_socket_has_the_same_words(house, status, code, expected):
    assert type(house.provider.refusal(status, code, "Words.")) is expected
