"""Where the houses are, and which key goes to whom."""

from __future__ import annotations

import dataclasses

import pytest

from services.config import Config
from services.upstream.houses import house_of
from services.upstream.refusals import without_keys

HERE = Config(provider="openai", openai_api_key="key-of-openai")
LOCAL = dataclasses.replace(HERE, openai_realtime_base_url="http://127.0.0.1:9/v1")


@pytest.mark.parametrize(
    ("config", "base_url", "key", "shown"),
    [
        (HERE, None, None, "key-of-openai"),
        (HERE, "https://api.openai.com/v1", None, "key-of-openai"),
        (HERE, "http://elsewhere/v1", None, "none"),
        (HERE, "http://elsewhere/v1", "its-own", "its-own"),
        (LOCAL, None, None, "key-of-openai"),
        (LOCAL, "http://127.0.0.1:9/v1", None, "key-of-openai"),
        (LOCAL, "http://127.0.0.1:8/v1", None, "none"),
    ],
)
def test_a_key_goes_only_where_it_belongs(config, base_url, key, shown):
    house = house_of(config, "openai", base_url=base_url, key=key, model_name="X")

    assert house.sign_in() == {"Authorization": f"Bearer {shown}"}
    assert shown == "none" or shown not in repr(house)


@pytest.mark.parametrize(
    ("url", "is_original", "label"),
    [
        ("https://api.openai.com/v1", True, "OpenAI"),
        ("https://eu.api.openai.com/v1", True, "OpenAI"),
        ("https://api.openai.com.evil.example/v1", False, "the server api.openai.com.evil.example"),
        ("http://127.0.0.1:8080/v1", False, "the server 127.0.0.1"),
    ],
)
def test_openai_is_known_by_its_address(url, is_original, label):
    house = house_of(HERE, "openai", base_url=url, model_name="X")

    assert (house.is_original, house.label) == (is_original, label)


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("https://openai-us.openai.azure.com", "https://openai-us.openai.azure.com/openai/v1"),
        ("https://us.openai.azure.com/openai/v1/", "https://us.openai.azure.com/openai/v1"),
        ("https://gate.example/us/openai", "https://gate.example/us/openai/v1"),
        ("https://us.services.ai.azure.com/x?y=1", "https://us.services.ai.azure.com/x/openai/v1"),
    ],
)
def test_an_endpoint_of_azure_may_be_written_in_many_ways(endpoint, url):
    config = Config(azure_openai_endpoint=endpoint, azure_openai_api_key="k")
    house = house_of(config, "azure", model_name="X")

    assert house.base_url == url
    socket = house.websocket_url("/realtime", {"model": "our realtime"})
    assert socket == f"wss{url.removeprefix('https')}/realtime?model=our+realtime"


def test_keys_are_struck_out_of_what_others_say():
    house = house_of(HERE, "openai", model_name="X")
    said = "Incorrect key: key-of-openai (Bearer sk-proj-abc***def, ek_12345678)."

    assert without_keys(said, house) == "Incorrect key: … (Bearer …, …)."
