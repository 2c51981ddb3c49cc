"""The route that reads aloud, with a stand-in engine."""

from __future__ import annotations

import pytest

from tests.providers import stand_in_elevenlabs
from tests.providers.stand_in_audio import PIECE
from tests.providers.stand_in_elevenlabs import StandInElevenLabs
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


@pytest.fixture
def cloud():
    with StandInElevenLabs() as running:
        yield running


@pytest.fixture
def beside_engine(make_app, cloud):
    """Somebody whose answers ElevenLabs reads aloud, with the engine below it."""
    return Visitor(
        make_app(
            speech_provider="elevenlabs",
            elevenlabs_base_url=cloud.url,
            elevenlabs_api_key=stand_in_elevenlabs.KEY,
            elevenlabs_voice_id=stand_in_elevenlabs.OWN_VOICE,
        )
    )


def test_the_chosen_service_speaks_and_the_page_is_told_nothing(beside_engine, cloud, engine):
    answer = beside_engine.post(ROUTE, {"text": "Hello there."})

    assert (answer.status_code, answer.data) == (200, 3 * PIECE)
    assert "Vivavoce-Voice" not in answer.headers
    assert (len(cloud.audio.spoken), engine.audio.spoken) == (1, [])


def test_another_service_that_stands_in_is_told(beside_engine, cloud, engine):
    cloud.fail(401, "no", "invalid_api_key")

    answer = beside_engine.post(ROUTE, {"text": "Hello there.", "voice": "any"})

    assert (answer.status_code, answer.data) == (200, 3 * PIECE)
    assert answer.headers["Vivavoce-Voice"] == "engine"
    assert "voice" not in engine.audio.spoken[0]


def test_what_breaks_off_is_spoken_on_by_another_service(beside_engine, cloud, engine):
    cloud.audio.ending = "cut"
    with pytest.raises(ConnectionResetError):
        beside_engine.post(ROUTE, {"text": "Hello there, all of you."}, buffered=True)

    answer = beside_engine.post(ROUTE, {"text": "all of you."})

    assert answer.headers["Vivavoce-Voice"] == "engine"
    assert [wish["input"] for wish in engine.audio.spoken] == ["all of you."]


def test_voices_are_chosen_by_name_and_asked_for_by_id(beside_engine, cloud):
    ada = next(each for each in stand_in_elevenlabs.LISTED if each["name"] == "Ada")

    page = beside_engine.get("/settings").get_data(as_text=True)
    beside_engine.post("/settings", {"voice_text": ada["voice_id"]})
    beside_engine.post(ROUTE, {"text": "Hello there."})

    assert f'value="{ada["voice_id"]}"' in page
    assert ">Ada<" in page.replace("\n", "").replace("  ", "")
    assert cloud.audio.spoken[0]["voice"] == ada["voice_id"]


def test_the_page_says_how_far_the_speed_of_a_voice_goes(beside_engine, ada):
    far = "The voice in text + voice goes from 0.7 to 1.2"

    assert far in beside_engine.get("/settings").get_data(as_text=True)
    assert "The voice in text + voice goes" not in ada.get("/settings").get_data(as_text=True)


def test_a_voice_that_is_not_on_offer_is_refused(beside_engine):
    answer = beside_engine.post(ROUTE, {"text": "Hello.", "voice": "nobody"})

    problem_of(answer, 422, "invalid-field")
