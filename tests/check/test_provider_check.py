"""The check of all that is configured: what it tries, and what it advises."""

from __future__ import annotations

import sys

import pytest

from services.check.provider_check import to_wav
from services.check.report import describe
from services.check.steps import Step
from tests.providers.stand_in_engine import VOICES

NAMES = ["mint", "offer", "text turn", "spoken word", "transcription"]


@pytest.mark.parametrize("connect_via", ["ephemeral", "broker"])
def test_everything_is_tried_for_real(check, engine_url, connect_via):
    steps = check(engine_url, connect_via=connect_via)

    assert list(steps) == NAMES
    assert {step.outcome for step in steps.values()} <= {"ok", "skipped"}, steps
    assert (steps["mint"].outcome == "skipped") == (connect_via == "broker")
    assert "connected over WebRTC" in steps["offer"].detail
    assert "Hello" in steps["text turn"].detail
    assert "can you hear me" in steps["transcription"].detail


def test_without_aiortc_the_providers_websocket_is_taken(check, engine_url, monkeypatch):
    monkeypatch.setitem(sys.modules, "aiortc", None)

    steps = check(engine_url)

    assert list(steps) == ["mint", "offer", "websocket", "text turn", *NAMES[3:]]
    assert steps["offer"].outcome == "skipped"
    assert steps["websocket"].outcome == steps["text turn"].outcome == "ok", steps


def test_a_refused_key_is_told_with_the_remedy_and_the_rest_is_tried_all_the_same(check, stand_in):
    stand_in.fail(401, "wrong key", "invalid_api_key")

    steps = check(stand_in.url)

    assert steps["mint"].outcome == "failed"
    assert "ENGINE_API_KEY" in steps["mint"].detail
    assert steps["offer"].outcome == steps["text turn"].outcome == "skipped"
    assert steps["spoken word"].outcome == steps["transcription"].outcome == "failed"


def test_an_answer_that_connects_nothing_is_told(check, stand_in):
    steps = check(stand_in.url)

    assert steps["mint"].outcome == "ok"
    assert steps["offer"].outcome == "failed"
    assert steps["websocket"].outcome == "failed"
    assert stand_in.calls == []


def test_ears_that_hear_something_else_are_told(check, stand_in):
    stand_in.audio.text = "What time is it?"

    steps = check(stand_in.url)

    assert steps["spoken word"].outcome == "ok"
    assert "What time is it?" in steps["transcription"].detail
    assert steps["transcription"].outcome == "failed"


def test_where_browsers_read_aloud_nothing_is_spoken(check, stand_in):
    steps = check(stand_in.url, speech_provider="browser")

    assert steps["spoken word"].outcome == "skipped"
    assert "silence" in steps["transcription"].detail
    assert VOICES and stand_in.audio.spoken == []


def test_a_step_is_one_line():
    line = describe(Step("mint", "failed", 0.125, "Set OPENAI_API_KEY."))

    assert line.split() == ["mint", "FAILED", "0.12", "s", "Set", "OPENAI_API_KEY."]


def test_a_recording_has_a_header():
    assert to_wav(b"\0\0")[:4] == b"RIFF" and len(to_wav(b"\0\0")) == 46
