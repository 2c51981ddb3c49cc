"""Where sound and words of a turn went."""

from __future__ import annotations

import itertools

import pytest

from services.config import Config
from services.privacy.ledger import SOUNDS, Ledger, read_places, usual_sound
from services.privacy.parties import make_ledger, region_of

OPENAI = {"provider": "openai", "openai_api_key": "k", "transcription_provider": "openai"}


def told(ledger: Ledger, role: str, sound: str, answered_by: str = "openai") -> list[str]:
    """As a person would say it."""
    return [
        f"{place.what}: {place.name}{' (kept)' if place.kept else ''}"
        for place in ledger.places(role, sound, answered_by)
    ]


def ledger_of(**more) -> Ledger:
    return make_ledger(Config(**OPENAI | {"speech_provider": "elevenlabs"} | more))


@pytest.mark.parametrize(
    ("role", "sound", "places"),
    [
        ("user", "provider", ["sound: OpenAI", "text: this server (kept)", "text: OpenAI"]),
        ("user", "relay", ["sound: this server", "sound: OpenAI", "text: this server (kept)",
                           "text: OpenAI"]),
        ("user", "server", ["sound: this server", "sound: OpenAI", "text: this server (kept)",
                            "text: OpenAI"]),
        ("user", "browser", ["sound: the maker of the browser", "text: this server (kept)",
                             "text: OpenAI"]),
        ("user", "device", ["sound: this device", "text: this server (kept)", "text: OpenAI"]),
        ("user", "none", ["text: this server (kept)", "text: OpenAI"]),
        ("assistant", "server", ["sound: this server", "sound: ElevenLabs",
                                 "text: this server (kept)", "text: OpenAI", "text: ElevenLabs"]),
        ("assistant", "browser", ["sound: the maker of the browser", "text: this server (kept)",
                                  "text: OpenAI", "text: the maker of the browser"]),
    ],
)  # fmt: skip
def test_every_place_is_named_once(role, sound, places):
    assert told(ledger_of(), role, sound) == places


def test_with_the_engine_beside_it_nothing_leaves_this_server():
    ledger = make_ledger(Config())

    for role, sound in itertools.product(("user", "assistant"), ("provider", "relay", "server")):
        assert told(ledger, role, sound) == ["sound: this server", "text: this server (kept)"]


def test_whoever_thinks_for_the_engine_is_named():
    ledger = make_ledger(Config(llm_base_url="https://llm.example/v1"))

    assert told(ledger, "user", "provider") == [
        "sound: this server", "text: this server (kept)", "text: llm.example",
    ]  # fmt: skip


SPARE = {"engine_url": "http://engine:8010"}


@pytest.mark.parametrize(
    ("role", "sound", "places"),
    [
        ("user", "provider", ["sound: the engine", "text: this server (kept)",
                              "text: the engine"]),
        ("user", "server", ["sound: this server", "sound: OpenAI", "text: this server (kept)",
                            "text: the engine"]),
        ("assistant", "stand-in", ["sound: this server", "sound: the engine",
                                   "text: this server (kept)", "text: the engine"]),
        ("assistant", "server", ["sound: this server", "sound: ElevenLabs",
                                 "text: this server (kept)", "text: the engine",
                                 "text: ElevenLabs"]),
    ],
)  # fmt: skip
def test_what_the_engine_answered_for_want_of_money_went_to_the_engine(role, sound, places):
    assert told(ledger_of(**SPARE), role, sound, "engine") == places


def test_a_voice_that_failed_is_named_with_the_one_that_stood_in():
    assert told(ledger_of(**SPARE), "assistant", "stand-in") == [
        "sound: this server", "sound: ElevenLabs", "sound: the engine",
        "text: this server (kept)", "text: OpenAI", "text: ElevenLabs", "text: the engine",
    ]  # fmt: skip


def test_an_engine_beside_a_provider_may_have_somebody_think_for_it():
    ledger = ledger_of(llm_base_url="https://llm.example/v1")

    assert told(ledger, "user", "none", "engine") == [
        "text: this server (kept)", "text: llm.example",
    ]  # fmt: skip
    assert told(ledger, "user", "none") == ["text: this server (kept)", "text: OpenAI"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:11434/v1", "http://localhost:8080"])
def test_a_thinker_on_this_machine_is_this_server(url):
    ledger = make_ledger(Config(llm_base_url=url))

    assert told(ledger, "user", "provider") == ["sound: this server", "text: this server (kept)"]


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://api.openai.com/v1", "any region, api.openai.com"),
        ("https://eu.api.openai.com/v1", "Europe, eu.api.openai.com"),
        ("https://api.eu.residency.elevenlabs.io", "Europe, api.eu.residency.elevenlabs.io"),
        ("https://api.elevenlabs.io", "any region, api.elevenlabs.io"),
        ("https://name.openai.azure.com/openai/v1", "name.openai.azure.com"),
        ("http://192.168.1.20:8080/v1", "own network, 192.168.1.20"),
        ("http://engine:8010", "own network, engine"),
        ("https://realtime.example/v1", "realtime.example"),
    ],
)
def test_an_address_tells_where_it_is_as_far_as_it_can(url, region):
    assert region_of(url) == region


def test_an_entry_is_read_as_it_was_written():
    ledger = ledger_of()

    for role, sound in itertools.product(("user", "assistant"), SOUNDS):
        stored = ledger.entry(role, sound, "openai")
        assert read_places(stored) == ledger.places(role, sound, "openai")


def test_of_old_turns_nothing_is_claimed():
    assert read_places(None) == []


def test_what_a_page_does_not_tell_is_taken_for_the_most_that_can_be():
    assert usual_sound("user", "native") == usual_sound("assistant", "native") == "provider"
    assert (usual_sound("user", "text"), usual_sound("assistant", "text")) == ("browser", "server")
