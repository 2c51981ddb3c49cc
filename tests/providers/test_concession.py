"""What a session is asked for without, after a refusal."""

from __future__ import annotations

from copy import deepcopy

import pytest

from services.providers.concession import concede
from tests.providers.houses import SESSION


def without(*path: str) -> dict:
    changed = deepcopy(SESSION)
    place = changed
    for name in path[:-1]:
        place = place[name]  # type: ignore[assignment]
    del place[path[-1]]
    return changed


@pytest.mark.parametrize("prefix", ["session.", ""])
def test_an_unknown_field_is_left_out(prefix):
    kept = deepcopy(SESSION)

    less = concede(SESSION, "unknown_parameter", f"{prefix}audio.output.speed", "")

    assert less == without("audio", "output", "speed")
    assert kept == SESSION


@pytest.mark.parametrize(
    "param",
    ["session.model", "instructions", "type", "session.output_modalities[0]", "other", "a.b.c", ""],
)
def test_what_makes_the_session_is_never_left_out(param):
    assert concede(SESSION, "unknown_parameter", param, "") is None


@pytest.mark.parametrize(
    ("reason", "param", "message"),
    [
        ("invalid_value", "session.audio.input.transcription.model", ""),
        ("invalid_value", "audio.input.transcription", ""),
        ("invalid_request", "", "Turn detection is not supported for this transcription model"),
    ],
)
def test_another_model_writes_down_and_then_none(reason, param, message):
    other = concede(SESSION, reason, param, message)
    assert other is not None
    none = concede(other, reason, param, message)

    assert other["audio"]["input"]["transcription"] == {
        "model": "gpt-4o-mini-transcribe",
        "language": "en",
    }
    assert none == without("audio", "input", "transcription")
    assert concede(none, reason, param, message) is None


def test_a_field_beside_the_model_is_left_out_alone():
    path = ("audio", "input", "transcription", "languages")

    less = concede(SESSION, "unknown_parameter", ".".join(("session", *path)), "")

    assert less == without(*path)


def test_a_wrong_value_is_for_the_person_to_mend():
    assert concede(SESSION, "invalid_value", "session.audio.output.voice", "") is None
