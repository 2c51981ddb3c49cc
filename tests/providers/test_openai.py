"""OpenAI: what it is asked, what becomes of its answers."""

from __future__ import annotations

import json
import time

import pytest

from services.config import Config
from services.errors import (
    KeyRefused,
    ModelUnknown,
    ProviderBusy,
    ProviderForbidden,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
    QuotaUsed,
)
from services.providers.openai import make_openai
from services.upstream.houses import house_of
from tests.providers.houses import OFFER, SESSION, hasty, openai_config, openai_provider
from tests.stand_ins.openai import StandInOpenAI
from tests.stand_ins.plans import HTML, SILENCE, Planned, busy, error

MINT = "/realtime/client_secrets"
CALLS = "/realtime/calls"


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


def test_what_is_sent_is_what_was_meant(provider, openai):
    mint(provider)
    provider.broker(OFFER, SESSION, safety_identifier="hashed-ada")

    assert openai.sessions == [SESSION, SESSION]
    assert openai.safety_identifiers == ["hashed-ada", "hashed-ada"]
    assert json.loads(openai.asked_for(MINT)[0].body)["expires_after"]["seconds"] == 60
    assert openai.complaints == []


def test_a_browsers_key_goes_without_the_servers(provider, openai):
    key = mint(provider).value
    provider.connect(OFFER, key=key)

    (asked,) = openai.asked_for(CALLS)
    assert asked.headers["authorization"] == f"Bearer {key}"
    assert asked.headers["content-type"] == "application/sdp"
    assert asked.body == OFFER


def test_a_key_that_went_stale_on_its_way_is_told_so(provider, openai):
    openai.stale_keys = 1

    with pytest.raises(KeyRefused):
        provider.connect(OFFER, key=mint(provider).value)


def test_a_server_that_lacks_a_field_is_asked_again_without_it(provider, openai):
    path = "session.audio.input.turn_detection.eagerness"
    openai.plans.next(MINT, error(400, "unknown_parameter", "Unknown parameter.", param=path))

    mint(provider)
    mint(provider)

    turns = [session["audio"]["input"]["turn_detection"] for session in openai.sessions]
    assert turns == [{"type": "semantic_vad"}] * 2
    assert len(openai.asked_for(MINT)) == 3


def test_a_field_that_was_not_sent_is_not_dropped_again_and_again(provider, openai):
    openai.plans.always(MINT, error(400, "unknown_parameter", "No such thing.", param="session.x"))

    with pytest.raises(ProviderRejected, match="No such thing"):
        mint(provider)
    assert len(openai.asked_for(MINT)) == 1


def test_another_model_writes_down_where_the_usual_one_does_not(provider, openai):
    openai.session_transcribers = ("gpt-4o-mini-transcribe",)

    mint(provider)
    provider.broker(OFFER, SESSION, safety_identifier="x")

    wishes = [session["audio"]["input"]["transcription"] for session in openai.sessions]
    assert wishes == [{"model": "gpt-4o-mini-transcribe", "language": "en"}] * 2
    assert len(openai.asked_for(CALLS)) == 1


def test_a_session_goes_without_captions_rather_than_not_at_all(provider, openai):
    openai.session_transcribers = ("other",)

    mint(provider)

    assert "transcription" not in openai.sessions[0]["audio"]["input"]


@pytest.mark.parametrize(
    ("status", "code", "expected", "words"),
    [
        (401, "invalid_api_key", ProviderRefused, "refused our key"),
        (403, "unsupported_country_region_territory", ProviderForbidden, "does not let our key"),
        (404, "model_not_found", ModelUnknown, "OPENAI_REALTIME_MODEL"),
        (400, "model_not_found", ModelUnknown, "OPENAI_REALTIME_MODEL"),
        (400, "invalid_value", ProviderRejected, "Words"),
        (429, "insufficient_quota", QuotaUsed, "quota"),
        (500, "server_error", ProviderUnavailable, "status 500"),
    ],
)
def test_every_refusal_has_its_advice(provider, openai, status, code, expected, words):
    openai.plans.always(MINT, error(status, code, "Words.", content_type="text/plain"))

    with pytest.raises(expected, match=words):
        mint(provider)
    assert len(openai.asked_for(MINT)) == 1


def test_openai_itself_is_called_by_its_name():
    advice = house_of(Config(), "openai", model_name="OPENAI_REALTIME_MODEL").advice

    assert "OPENAI_API_KEY" in advice.key
    assert "region" in advice.rights


def test_no_key_is_passed_on_or_written_down(openai, caplog):
    provider = openai_provider(openai, OPENAI_API_KEY="sk-wrong-but-secret-1234")
    with pytest.raises(ProviderRefused) as caught:
        mint(provider)
    key = "sk-other-secret-5678"
    openai.plans.always(MINT, error(400, "odd", f"Look at {key} and sk-wrong-but-secret-1234"))
    with pytest.raises(ProviderRejected) as rejected:
        mint(provider)
    provider.close()

    told = f"{caught.value} {rejected.value} {caplog.text}"
    assert "openai answered 401" in caplog.text
    assert "secret" not in told


def test_a_pause_that_is_asked_for_is_made(provider, openai):
    openai.plans.next(MINT, busy("1"))
    begun = time.monotonic()

    mint(provider)

    assert 1.0 <= time.monotonic() - begun < 3.0
    assert len(openai.asked_for(MINT)) == 2


def test_three_attempts_are_enough(provider, openai):
    openai.plans.always(MINT, busy())

    with pytest.raises(ProviderBusy) as caught:
        mint(provider)
    assert caught.value.retry_after is None
    assert len(openai.asked_for(MINT)) == 3


def test_a_pause_longer_than_anybody_waits_is_told_at_once(provider, openai):
    openai.plans.always(MINT, busy("30"))

    with pytest.raises(ProviderBusy, match="30 seconds") as caught:
        mint(provider)
    assert caught.value.retry_after == 30
    assert len(openai.asked_for(MINT)) == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(HTML, ProviderUnavailable), (SILENCE, ProviderUnavailable)],
)
def test_what_does_not_answer_is_given_up(openai, answer, expected):
    house = house_of(openai_config(openai), "openai", model_name="X")
    provider = hasty(house, 0.5)
    openai.plans.always(MINT, answer)

    with pytest.raises(expected):
        mint(provider)
    provider.close()


def test_the_check_asks_rarely(provider, openai):
    provider.check()
    provider.check()

    assert len(openai.asked_for("/models")) == 1


def test_the_end_of_a_model_is_told(provider):
    models = provider.models()

    assert str(models["gpt-realtime"]) == "2027-01-20"
    assert models["gpt-realtime-2.1"] is None


@pytest.mark.parametrize(
    ("more", "model"),
    [
        ({}, "gpt-transcribe"),
        ({"TRANSCRIPTION_MODEL": "whisper-large"}, "whisper-large"),
        (
            {"TRANSCRIPTION_MODEL": "x", "TRANSCRIPTION_BASE_URL": "http://ears/v1"},
            "gpt-transcribe",
        ),
        ({"TRANSCRIPTION_MODEL": "x", "TRANSCRIPTION_PROVIDER": "engine"}, "gpt-transcribe"),
    ],
)
def test_whoever_writes_down_recordings_writes_down_calls(openai, more, model):
    provider = openai_provider(openai, **more)

    assert provider.capabilities().transcription_model == model
    provider.close()


def test_an_encoded_or_endless_answer_is_not_read(provider, openai):
    zipped = {"Content-Encoding": "gzip"}
    openai.plans.next(MINT, Planned(200, b"x", "application/json", zipped))
    openai.plans.next(MINT, Planned(400, b" " * 1_100_000))

    for _ in range(2):
        with pytest.raises(ProviderProtocolError):
            mint(provider)


def test_nobody_there_is_told_at_once():
    config = Config.from_env(
        {"PROVIDER": "openai", "OPENAI_REALTIME_BASE_URL": "http://127.0.0.1:1/v1"}
    )
    provider = make_openai(config)

    with pytest.raises(ProviderUnavailable):
        provider.check()
    provider.close()
