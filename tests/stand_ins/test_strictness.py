"""The stand-ins take what the official client sends, and refuse what the houses refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai as package
import pytest
from openai import OpenAI

from tests.stand_ins.azure import DEPLOYMENT, TOKEN, StandInAzure
from tests.stand_ins.openai import StandInOpenAI
from tests.stand_ins.plans import HTML, busy

OFFER = "v=0\r\nm=audio 9\r\nm=application 9\r\n"
REALTIME: Any = {"type": "realtime"}
WRONG_SESSIONS = {
    "session.temperature": {"temperature": 0.8},
    "session.audio.output.voice": {"audio": {"output": {"voice": "scripted"}}},
    "session.audio.output.speed": {"audio": {"output": {"speed": 2}}},
    "session.audio.output.pitch": {"audio": {"output": {"pitch": 1}}},
    "session.audio.input.turn_detection.eagerness": {
        "audio": {"input": {"turn_detection": {"type": "server_vad", "eagerness": "low"}}}
    },
    "session.audio.input.transcription.model": {
        "audio": {"input": {"transcription": {"model": "tiny.en"}}}
    },
    "session.output_modalities": {"output_modalities": ["audio", "text"]},
    "session.tools[0].name": {"tools": [{"type": "function", "name": "what time is it"}]},
    "session.modalities": {"modalities": ["text"]},
    "session.max_output_tokens": {"max_output_tokens": 5000},
}
"""What is wrong, by where."""


@pytest.fixture
def openai() -> Iterator[StandInOpenAI]:
    with StandInOpenAI() as house:
        yield house


@pytest.fixture
def client(openai: StandInOpenAI) -> Iterator[OpenAI]:
    with OpenAI(api_key=openai.server_key, base_url=openai.base_url, max_retries=0) as made:
        yield made


def test_the_official_client_gets_a_key_a_call_a_voice_and_words(client, openai):
    minted = client.realtime.client_secrets.create(
        expires_after={"anchor": "created_at", "seconds": 60},
        session={"type": "realtime", "model": "gpt-realtime-2.1"},
    )
    browser = client.with_options(api_key=minted.value)
    by_key = browser.realtime.calls.create(sdp=OFFER)
    by_server = client.realtime.calls.create(sdp=OFFER, session=REALTIME)
    call_id = by_server.response.headers["Location"].rpartition("/")[2]
    client.realtime.calls.hangup(call_id)
    models = {model.id: model.shutdown_date for model in client.models.list()}
    sound = client.audio.speech.create(
        model="gpt-4o-mini-tts", voice="marin", input="Hello.", response_format="pcm"
    )
    written = client.audio.transcriptions.create(model="gpt-transcribe", file=("a.wav", b"RIFF"))

    assert minted.value.startswith("ek_")
    assert len(minted.value) == 35
    assert minted.session.audio.output.voice == "alloy"
    assert by_key.response.status_code == by_server.response.status_code == 201
    assert models["gpt-realtime-2.1"] is None
    assert models["whisper-1"] == "2027-02-26"
    assert sound.content
    assert written.text
    assert openai.complaints == []


@pytest.mark.parametrize("param", WRONG_SESSIONS)
def test_a_session_may_hold_nothing_else(client, openai, param):
    with pytest.raises(package.BadRequestError) as refused:
        client.realtime.client_secrets.create(session=REALTIME | WRONG_SESSIONS[param])

    assert refused.value.param == param
    assert len(openai.complaints) == 1


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (401, {"api_key": "sk-another"}),
        (400, {"default_headers": {"OpenAI-Beta": "realtime=v1"}}),
        (400, {"default_headers": {"Cookie": "user=1"}}),
        (400, {"default_query": {"api-version": "2025-04-01-preview"}}),
    ],
)
def test_headers_and_addresses_are_checked(client, status, changes):
    wrong = client.with_options(**changes)
    with pytest.raises(package.APIStatusError) as refused:
        wrong.realtime.client_secrets.create(session=REALTIME)

    assert refused.value.status_code == status


def test_a_model_that_is_not_there_is_not_found(client, openai):
    openai.models = ("gpt-realtime-2.1-mini",)

    with pytest.raises(package.NotFoundError) as refused:
        client.realtime.client_secrets.create(session=REALTIME)

    assert refused.value.code == "model_not_found"


def test_a_key_that_is_too_old_opens_nothing(client, openai):
    openai.stale_keys = 1
    keys = [client.realtime.client_secrets.create(session=REALTIME).value for _ in range(2)]

    with pytest.raises(package.AuthenticationError):
        client.with_options(api_key=keys[0]).realtime.calls.create(sdp=OFFER)
    client.with_options(api_key=keys[1]).realtime.calls.create(sdp=OFFER)


def test_faults_are_planned_one_by_one_and_for_good(client, openai):
    openai.plans.next("/client_secrets", busy("2"))
    openai.plans.always("/calls", HTML)

    with pytest.raises(package.RateLimitError) as refused:
        client.realtime.client_secrets.create(session=REALTIME)
    client.realtime.client_secrets.create(session=REALTIME)
    for _ in range(2):
        with pytest.raises(package.InternalServerError):
            client.realtime.calls.create(sdp=OFFER)

    assert refused.value.response.headers["Retry-After"] == "2"


@pytest.fixture
def azure() -> Iterator[StandInAzure]:
    with StandInAzure() as house:
        yield house


@pytest.mark.parametrize("bearer", ["key", "token", "neither"])
def test_azure_takes_a_key_or_a_token(azure, bearer):
    shown = {"key": azure.server_key, "token": TOKEN, "neither": "nothing"}[bearer]
    session = REALTIME | {"model": DEPLOYMENT}

    with OpenAI(api_key=shown, base_url=f"{azure.url}/openai/v1", max_retries=0) as client:
        if bearer == "neither":
            with pytest.raises(package.AuthenticationError):
                client.realtime.client_secrets.create(session=session)
        else:
            assert client.realtime.client_secrets.create(session=session).value


@pytest.mark.parametrize(
    ("status", "changes", "session"),
    [
        (404, {}, {"model": "gpt-realtime-2.1"}),
        (401, {"default_query": {"api-version": "2025-04-01-preview"}}, {"model": DEPLOYMENT}),
        (400, {}, {"model": DEPLOYMENT, "parallel_tool_calls": True}),
    ],
)
def test_azure_knows_deployments_no_versions_and_no_newest_fields(azure, status, changes, session):
    base_url = f"{azure.url}/openai/v1"

    with OpenAI(api_key=TOKEN, base_url=base_url, max_retries=0, **changes) as client:
        with pytest.raises(package.APIStatusError) as refused:
            client.realtime.client_secrets.create(session=REALTIME | session)

    assert refused.value.status_code == status
