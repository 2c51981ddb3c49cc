"""The engine as a provider: what it is asked, and what becomes of its answers."""

from __future__ import annotations

import threading
import time

import pytest

from services.errors import (
    EngineStarting,
    KeyRefused,
    OfferRejected,
    ProviderBusy,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
)
from services.providers.engine import EngineProvider
from services.upstream.engine_api import EngineApi
from services.upstream.engine_board import EngineState
from tests.providers.stand_in_engine import ANSWER, MODEL, SERVER_KEY

OFFER = b"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
SESSION: dict[str, object] = {"type": "realtime", "model": MODEL}


def mint(provider):
    return provider.mint(SESSION, safety_identifier="hashed-ada")


def test_a_key_carries_the_expiry_that_the_engine_gave(provider, engine):
    secret = mint(provider)

    assert engine.keys == {secret.value: secret.expires_at.timestamp()}
    assert 55 <= secret.expires_at.timestamp() - time.time() <= 60
    assert engine.safety_identifiers == ["hashed-ada"]


def test_a_minted_key_opens_a_call_that_can_be_hung_up_twice(provider, engine):
    answer = provider.connect(OFFER, key=mint(provider).value)

    assert (answer.sdp, answer.provider_call_id) == (ANSWER, "rtc_1")
    provider.hang_up("rtc_1")
    provider.hang_up("rtc_1")
    assert engine.calls == []


def test_a_brokered_offer_carries_the_session_and_the_servers_key(provider, engine):
    answer = provider.broker(OFFER, SESSION, safety_identifier="hashed-ada")

    assert answer.provider_call_id == "rtc_1"
    assert engine.sessions == [SESSION]
    assert engine.safety_identifiers == ["hashed-ada"]


def test_models_and_voices_are_asked_for_once(provider, engine):
    first = provider.capabilities()
    engine.fail(500, "not asked again")

    assert provider.capabilities() == first
    assert (first.models, first.voices) == ((MODEL,), ("joe", "amy"))


def test_an_unknown_key_is_refused_in_the_engines_words(provider):
    with pytest.raises(KeyRefused, match="The key is not known"):
        provider.connect(OFFER, key="ek_foreign")


def test_a_broken_offer_is_rejected_in_the_engines_words(provider):
    with pytest.raises(OfferRejected, match="The offer has no sound"):
        provider.connect(b"v=0\r\n", key=mint(provider).value)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "invalid_value", ProviderRejected),
        (401, "invalid_api_key", ProviderRefused),
        (403, "", ProviderRefused),
        (404, "model_not_found", ProviderRejected),
        (429, "rate_limit", ProviderBusy),
        (500, "", ProviderUnavailable),
        (502, "", ProviderUnavailable),
        (503, "lines_busy", ProviderBusy),
        (503, "engine_loading", EngineStarting),
        (302, "", ProviderProtocolError),
    ],
)
def test_every_refusal_has_its_error(provider, engine, status, code, error):
    engine.fail(status, "What the engine says.", code)

    with pytest.raises(error) as caught:
        mint(provider)
    assert type(caught.value) is error
    assert SERVER_KEY not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b'{"value": 5}', b'{"value": ""}', b"\xff",
     b'{"value": "ek_x", "expires_at": 1e300}', b" " * 1_100_000],
)  # fmt: skip
def test_nonsense_is_called_so(provider, engine, body):
    engine.answer_always(200, body, "text/html")

    with pytest.raises(ProviderProtocolError):
        mint(provider)


@pytest.mark.parametrize("error", ["text", '{"error": "text"}', '{"error": {"message": null}}'])
def test_a_refusal_without_a_sentence_gets_ours(provider, engine, error):
    engine.answer_always(400, error.encode())

    with pytest.raises(ProviderRejected, match="cannot do what was asked"):
        mint(provider)


def test_an_engine_that_never_answers_is_given_up(provider, engine):
    released = threading.Event()
    engine.instead = lambda _handler: released.wait(10)

    try:
        with pytest.raises(ProviderUnavailable):
            mint(provider)
    finally:
        released.set()


def test_an_engine_that_drips_is_given_up(provider, engine):
    released = threading.Event()

    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not released.wait(0.05):
            handler.wfile.write(b" ")

    engine.instead = drip
    try:
        with pytest.raises(ProviderUnavailable):
            mint(provider)
    finally:
        released.set()


def test_nobody_listening_is_told_at_once(engine):
    provider = EngineProvider(EngineApi(lambda: EngineState("ready", "http://127.0.0.1:1"), None))

    with pytest.raises(ProviderUnavailable):
        provider.check()
    provider.close()


@pytest.mark.parametrize("phase", ["absent", "starting", "loading", "failed"])
def test_an_engine_that_is_not_ready_is_not_asked(phase):
    provider = EngineProvider(EngineApi(lambda: EngineState(phase), None))

    with pytest.raises(EngineStarting):
        mint(provider)
    provider.close()


def test_the_check_tells_loading_from_ready(provider, engine):
    provider.check()
    engine.answer_always(503, b'{"status":"loading"}')

    with pytest.raises(EngineStarting):
        provider.check()
