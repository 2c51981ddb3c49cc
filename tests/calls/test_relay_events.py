"""The events that a relay reads or makes."""

from __future__ import annotations

import json

import pytest

from services.calls.relay_events import (
    SessionSetup,
    error_event,
    goodbye_after,
    goodbye_like,
    is_sound,
    refusal_in,
)
from services.errors import CallEnded, ProviderBusy, ProviderRefused

SESSION = {
    "type": "realtime",
    "model": "gpt-realtime-2.1",
    "instructions": "Be brief.",
    "audio": {"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "low"}}},
}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ('{"type":"response.output_audio.delta","delta":"AAAA"}', True),
        ('{"event_id": "e", "delta": "AAAA", "type": "response.output_audio.delta"}', True),
        ('{"type":"response.audio.delta","delta":"AAAA"}', True),
        ('{"type":"response.output_audio.done"}', False),
        ('{"type":"response.output_audio_transcript.delta","delta":"Hi"}', False),
        (json.dumps({"type": "x", "delta": '"type":"response.output_audio.delta"'}), False),
    ],
)
def test_sound_is_known_by_its_type(event, expected):
    assert is_sound(event) is expected


def test_the_session_is_asked_for_without_its_model():
    update = json.loads(SessionSetup(SESSION).update())

    assert update["type"] == "session.update" and update["event_id"]
    assert update["session"] == {name: SESSION[name] for name in SESSION if name != "model"}


def test_a_refused_field_is_left_out():
    setup = SessionSetup(SESSION)
    first = json.loads(setup.update())
    refusal = {
        "code": "unknown_parameter",
        "param": "session.audio.input.turn_detection.eagerness",
        "message": "Unknown parameter.",
        "event_id": first["event_id"],
    }

    second = json.loads(setup.hear(json.dumps({"type": "error", "error": refusal})) or "")

    assert second["session"]["audio"]["input"]["turn_detection"] == {"type": "semantic_vad"}
    assert second["event_id"] != first["event_id"]
    assert not setup.is_settled
    assert setup.hear('{"type":"session.updated","session":{}}') is None
    assert setup.is_settled


def test_another_refusal_is_the_browsers_to_know():
    setup = SessionSetup(SESSION)
    update = json.loads(setup.update())
    refusal = {"code": "invalid_value", "message": "No.", "event_id": update["event_id"]}

    assert setup.hear(json.dumps({"type": "error", "error": refusal})) is None
    assert setup.is_settled


@pytest.mark.parametrize("event", ["", "[]", "nonsense", '{"type":"error"}', "[" * 100_000])
def test_nonsense_is_no_answer(event):
    setup = SessionSetup(SESSION)

    assert setup.hear(event) is None
    assert not setup.is_settled
    assert refusal_in(event) is None


def test_a_failure_is_told_as_providers_tell_theirs():
    event = json.loads(error_event(ProviderRefused("Set another key.")))

    assert event["type"] == "error"
    assert event["error"]["code"] == "provider-refused"
    assert event["error"]["message"] == "Set another key."


def test_how_a_socket_is_closed():
    assert goodbye_after(CallEnded("Over.")).code == 1000
    assert goodbye_after(ProviderBusy("Later.")).code == 1013
    assert goodbye_after(ProviderRefused("No.")).code == 1011
    assert [goodbye_like(code).code for code in (1000, 1001, 1006, 1011, 3000, 4999)] == [
        1000, 1001, 1011, 1011, 3000, 4999,
    ]  # fmt: skip
