"""`/audio/speech` of OpenAI and of servers like it: voices, models, being asked to wait."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from services.errors import ModelUnknown, ProviderRejected
from services.speech.base import Utterance
from services.speech.catalog import MODEL, MODEL_ELSEWHERE
from services.speech.compatible import VOICE, CompatibleSpeech, read_voices
from services.speech.openai import FIRST_VOICES, OpenAiSpeech
from tests.contracts.conftest import PATIENCE_SECONDS
from tests.contracts.speakers import house_at
from tests.providers.http_stand_in import send
from tests.providers.stand_in_audio import PIECE
from tests.providers.stand_in_speech import OWN_VOICE, StandInCompatibleSpeech, StandInSpeech


def similar(upstream, **more):
    return CompatibleSpeech(
        house_at(upstream.url), MODEL_ELSEWHERE, seconds=PATIENCE_SECONDS, **more
    )


def say(speech, text="Hello there.", **how):
    with speech.speak(Utterance(text, **how)) as pieces:
        return b"".join(pieces)


def test_old_models_have_fewer_voices():
    with closing(OpenAiSpeech(house_at("http://127.0.0.1:1"), "tts-1-hd")) as speech:
        assert tuple(speech.voices()) == FIRST_VOICES


def test_an_own_voice_is_named_by_its_id():
    with (
        StandInSpeech() as upstream,
        closing(OpenAiSpeech(house_at(upstream.url), MODEL, voice=OWN_VOICE)) as speech,
    ):
        say(speech)
        say(speech, voice="cedar")

        assert [wish["voice"] for wish in upstream.audio.spoken] == [OWN_VOICE, "cedar"]
        assert upstream.complaints == []


def test_a_model_that_has_ended_is_named_with_what_to_do():
    with (
        StandInSpeech() as upstream,
        closing(OpenAiSpeech(house_at(upstream.url), "tts-0")) as speech,
        pytest.raises(ModelUnknown, match="SPEECH_MODEL"),
    ):
        say(speech)


def test_a_voice_that_it_does_not_have_is_refused_in_its_words():
    with (
        StandInSpeech() as upstream,
        closing(OpenAiSpeech(house_at(upstream.url), MODEL)) as speech,
        pytest.raises(ProviderRejected, match="out of range"),
    ):
        say(speech, voice="nobody")


def test_a_house_that_asks_for_a_short_pause_gets_it():
    with (
        StandInSpeech() as upstream,
        closing(OpenAiSpeech(house_at(upstream.url), MODEL, seconds=5)) as speech,
    ):
        asked_at = []

        def too_often(handler):
            asked_at.append(time.monotonic())
            upstream.instead = None
            handler.send_response(429)
            handler.send_header("Retry-After", "0.2")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        upstream.instead = too_often

        assert say(speech) == 3 * PIECE
        assert 0.2 <= time.monotonic() - asked_at[0] < 3


@pytest.mark.parametrize("status", [404, 405, 400])
def test_a_server_without_a_list_of_voices_is_asked_for_the_one_that_all_know(status):
    with (
        StandInCompatibleSpeech() as upstream,
        closing(similar(upstream)) as speech,
    ):
        upstream.speakers = (VOICE,)
        upstream.fail(status, "no such thing")
        assert dict(speech.voices()) == {}
        upstream.instead = None

        assert say(speech) == 3 * PIECE
        assert upstream.audio.spoken[0]["voice"] == VOICE


def test_the_operators_voice_comes_first():
    with (
        StandInCompatibleSpeech() as upstream,
        closing(similar(upstream, voice="af_sky")) as speech,
    ):
        assert list(speech.voices().items()) == [("af_sky", "Sky"), ("af_heart", "af_heart")]


@pytest.mark.parametrize(
    "listing",
    [
        {"voices": ["a", "b"]},
        {"data": [{"id": "a"}, {"voice_id": "b"}]},
        ["a", {"name": "b"}],
        {"voices": [{"id": "a", "name": "a"}, 5, {}, {"id": 7}, "b"]},
    ],
)
def test_lists_of_voices_are_read_in_all_shapes(listing):
    assert read_voices(listing) == {"a": "a", "b": "b"}


@pytest.mark.parametrize("listing", [None, 5, "voices", {"voices": None}, {"voices": {"a": 1}}])
def test_what_is_no_list_has_no_voices(listing):
    assert read_voices(listing) == {}


def test_a_list_that_is_html_is_no_list():
    with (
        StandInCompatibleSpeech() as upstream,
        closing(similar(upstream)) as speech,
    ):
        upstream.instead = lambda handler: send(handler, 200, b"<html>", "text/html")

        assert dict(speech.voices()) == {}
