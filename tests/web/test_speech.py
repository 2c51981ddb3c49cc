"""The route that reads aloud, with a stand-in engine."""

from __future__ import annotations

import pytest

from tests.providers.stand_in_audio import PIECE
from tests.web.visitor import Visitor, problem_of

ROUTE = "/api/realtime/tts"


def test_a_text_becomes_sound(ada, engine):
    answer = ada.post(ROUTE, {"text": "Hello there."})

    assert (answer.status_code, answer.data) == (200, 3 * PIECE)
    assert answer.content_type == "audio/pcm;rate=24000;channels=1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "Content-Length" not in answer.headers
    assert engine.audio.spoken[0]["input"] == "Hello there."


@pytest.mark.parametrize(
    ("audio_format", "kind"),
    [
        ("pcm", "audio/pcm;rate=24000;channels=1"),
        ("wav", "audio/wav"),
        ("mp3", "audio/mpeg"),
        ("opus", "audio/ogg;codecs=opus"),
    ],
)
def test_other_programs_get_other_formats(ada, engine, audio_format, kind):
    answer = ada.post(ROUTE, {"text": "Hello.", "format": audio_format})

    assert (answer.status_code, answer.content_type) == (200, kind)
    assert engine.audio.spoken[0]["response_format"] == audio_format


def test_markdown_is_made_sayable(ada, engine):
    ada.post(ROUTE, {"text": "This is **very** important."})

    assert engine.audio.spoken[0]["input"] == "This is very important."


@pytest.mark.parametrize("text", [" ", "---", "\n\n"])
def test_nothing_to_say_is_no_sound(ada, engine, text):
    answer = ada.post(ROUTE, {"text": text})

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_type == "audio/pcm;rate=24000;channels=1"
    assert engine.audio.spoken == []


def test_what_is_missing_comes_from_the_settings(ada, engine):
    ada.post("/settings", {"voice_text": "amy", "speed": 1.25})

    ada.post(ROUTE, {"text": "Hello."})
    ada.post(ROUTE, {"text": "Hello.", "voice": "joe", "speed": 0.5})

    chosen, asked = engine.audio.spoken
    assert (chosen["voice"], chosen["speed"]) == ("amy", 1.25)
    assert (asked["voice"], asked["speed"]) == ("joe", 0.5)


def test_a_chosen_voice_that_is_gone_gives_way(ada, engine, monkeypatch):
    ada.post("/settings", {"voice_text": "amy"})
    monkeypatch.setattr("tests.providers.stand_in_engine.VOICES", ["joe"])
    monkeypatch.setattr("services.upstream.engine_api.OFFER_SECONDS", 0)

    for body in ({"text": "Hello."}, {"text": "Hi.", "voice": "amy"}):
        assert ada.post(ROUTE, body).status_code == 200

    assert all("voice" not in wish for wish in engine.audio.spoken)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": None},
        {"text": ""},
        {"text": 5},
        {"text": "x" * 4097},
        {"text": "😀" * 4097},
        {"text": "x\0"},
        {"text": "x", "voice": 5},
        {"text": "x", "voice": "nobody"},
        {"text": "x", "speed": "fast"},
        {"text": "x", "speed": 0},
        {"text": "x", "speed": 4.1},
        {"text": "x", "speed": True},
        {"text": "x", "language": "klingon"},
        {"text": "x", "format": "midi"},
        {"text": "x", "format": ["pcm"]},
    ],
)
def test_a_bad_value_is_named(ada, body):
    problem_of(ada.post(ROUTE, body), 422, "invalid-field")


@pytest.mark.parametrize("body", [b"{", b'{"text": "x", "speed": NaN}x', b"[]", b'"text"', b"\xff"])
def test_a_bad_body_is_told(ada, body):
    answer = ada.post(ROUTE, data=body, headers={"Content-Type": "application/json"})

    problem_of(answer, 400, "malformed-body")


def test_nan_is_no_speed(ada):
    answer = ada.post(
        ROUTE, data=b'{"text": "x", "speed": NaN}', headers={"Content-Type": "application/json"}
    )

    problem_of(answer, 422, "invalid-field")


def test_the_longest_text_may_be_all_emoji(ada):
    assert ada.post(ROUTE, {"text": "😀" * 4096}).status_code == 200


def test_only_our_own_page_may_ask(ada, app):
    answer = ada.post(ROUTE, {"text": "x"}, headers={"Origin": "https://elsewhere.example"})

    problem_of(answer, 403, "origin-refused")
    stranger = app.test_client().post(
        ROUTE, json={"text": "x"}, headers={"Origin": "http://localhost"}
    )
    problem_of(stranger, 401, "no-user")


def test_without_a_voice_the_browser_is_told_to_speak(make_app):
    visitor = Visitor(make_app(speech_provider="browser"))

    problem_of(visitor.post(ROUTE, {"text": "Hello."}), 404, "speech-off")


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (401, "invalid_api_key", (502, "provider-refused")),
        (429, "rate_limit", (503, "provider-busy")),
        (500, "", (503, "provider-unavailable")),
        (503, "engine_loading", (503, "engine-starting")),
        (503, "voice_failed", (503, "provider-busy")),
        (400, "invalid_value", (422, "provider-rejected")),
    ],
)
def test_a_service_that_refuses_is_told(ada, engine, status, code, told):
    engine.fail(status, "What the service says.", code)

    problem_of(ada.post(ROUTE, {"text": "Hello."}), *told)


def test_html_is_not_played(ada, engine):
    engine.answer_always(200, b"<html>", "text/html")

    problem_of(ada.post(ROUTE, {"text": "Hello."}), 502, "provider-protocol-error")


def test_a_service_that_breaks_off_breaks_the_answer_off(ada, engine):
    engine.audio.ending = "cut"

    with pytest.raises(ConnectionResetError):
        ada.post(ROUTE, {"text": "Hello."}, buffered=True)
