"""Azure OpenAI: its addresses, its ways of signing in, its advice."""

from __future__ import annotations

import pytest

from services.errors import ModelUnknown, ProviderForbidden, ProviderRefused
from tests.providers.houses import OFFER, SESSION, azure_provider
from tests.stand_ins.azure import DEPLOYMENT, StandInAzure
from tests.stand_ins.plans import error

HERE = SESSION | {"model": DEPLOYMENT}


@pytest.fixture
def azure():
    with StandInAzure() as running:
        yield running


def mint(provider, session=HERE):
    try:
        return provider.mint(session, safety_identifier="hashed-ada")
    finally:
        provider.close()


@pytest.mark.parametrize(
    "tail", ["", "/", "/openai", "/openai/v1/", "/openai/v1/realtime?model=x", "/openai/realtime"]
)
def test_an_address_may_be_copied_with_its_path(azure, tail):
    mint(azure_provider(azure, AZURE_OPENAI_ENDPOINT=azure.url + tail))

    (asked,) = azure.asked
    assert asked.path == "/openai/v1/realtime/client_secrets"
    assert asked.query == ""
    assert azure.complaints == []


def test_a_key_goes_in_its_own_header(azure):
    mint(azure_provider(azure))

    (asked,) = azure.asked
    assert asked.headers["api-key"] == azure.server_key
    assert "authorization" not in asked.headers


def test_a_browsers_key_goes_without_the_servers(azure):
    provider = azure_provider(azure)
    key = provider.mint(HERE, safety_identifier="x").value
    provider.connect(OFFER, key=key)
    provider.close()

    asked = azure.asked[-1]
    assert asked.headers["authorization"] == f"Bearer {key}"
    assert "api-key" not in asked.headers


def test_a_token_of_entra_will_do(azure):
    mint(azure_provider(azure, AZURE_OPENAI_API_KEY="", AZURE_OPENAI_AD_TOKEN=azure.token))

    assert azure.complaints == []


def test_a_token_in_a_file_is_read_again(azure, tmp_path):
    path = tmp_path / "token"
    path.write_text("old")
    provider = azure_provider(azure, AZURE_OPENAI_API_KEY="", AZURE_OPENAI_AD_TOKEN_FILE=str(path))
    with pytest.raises(ProviderRefused, match="Entra"):
        provider.mint(HERE, safety_identifier="x")
    path.write_text(f"{azure.token}\n")

    assert provider.mint(HERE, safety_identifier="x").value
    path.unlink()
    with pytest.raises(ProviderRefused, match="AZURE_OPENAI_AD_TOKEN_FILE"):
        mint(provider)


def test_fields_that_come_later_here_are_left_out(azure):
    mint(azure_provider(azure), HERE | {"parallel_tool_calls": True})

    assert azure.sessions == [HERE]


def test_server_vad_stands_in_for_semantic(azure):
    path = "session.audio.input.turn_detection.type"
    azure.plans.next("/client_secrets", error(400, "invalid_value", "server_vad", param=path))

    mint(azure_provider(azure))

    assert azure.sessions[0]["audio"]["input"]["turn_detection"] == {"type": "server_vad"}


@pytest.mark.parametrize(
    ("status", "code", "expected", "words"),
    [
        (401, "401", ProviderRefused, "AZURE_OPENAI_API_KEY"),
        (403, "Forbidden", ProviderForbidden, "Cognitive Services OpenAI User"),
        (404, "DeploymentNotFound", ModelUnknown, "AZURE_OPENAI_DEPLOYMENT_NAME"),
        (400, "OperationNotSupported", ModelUnknown, "AZURE_OPENAI_DEPLOYMENT_NAME"),
    ],
)
def test_every_refusal_has_its_advice(azure, status, code, expected, words):
    azure.plans.always("", error(status, code, "Words of Azure."))

    with pytest.raises(expected, match=words):
        mint(azure_provider(azure))


def test_a_deployment_writes_down_where_one_is_named(azure):
    usual, named = azure_provider(azure), azure_provider(azure, TRANSCRIPTION_MODEL="our-ears")

    assert usual.capabilities().transcription_model == "gpt-transcribe"
    assert named.capabilities().transcription_model == "our-ears"
    assert not named.capabilities().priced
    usual.close()
    named.close()
