"""ElevenLabs: voices of the account, own ones, and what it refuses."""

from __future__ import annotations

from contextlib import closing

import pytest

from services.errors import (
    ModelUnknown,
    ProviderForbidden,
    ProviderRefused,
    ProviderRejected,
    QuotaUsed,
)
from services.speech.base import Utterance
from services.speech.elevenlabs import ElevenLabsSpeech
from tests.contracts.conftest import PATIENCE_SECONDS
from tests.providers.stand_in_elevenlabs import KEY, LISTED, OWN_VOICE, StandInElevenLabs


@pytest.fixture
def upstream():
    with StandInElevenLabs() as running:
        yield running


@pytest.fixture
def make(upstream):
    made = []

    def make(**more):
        made.append(ElevenLabsSpeech(upstream.url, KEY, seconds=PATIENCE_SECONDS, **more))
        return made[-1]

    yield make
    for speech in made:
        speech.close()


def say(speech, text="Hello there.", **how):
    with speech.speak(Utterance(text, **how)) as pieces:
        return b"".join(pieces)


def test_all_voices_are_listed_by_name(make):
    listed = {entry["voice_id"]: entry["name"] for entry in LISTED}

    assert make().voices() == listed


def test_an_own_voice_comes_first_even_if_it_is_not_listed(make):
    assert list(make(voice=OWN_VOICE).voices())[0] == OWN_VOICE
    own = LISTED[2]["voice_id"]
    assert list(make(voice=own).voices().items())[0] == (own, "Ada")


def test_without_an_own_voice_the_first_of_the_list_speaks(make, upstream):
    say(make())

    assert upstream.audio.spoken[0]["voice"] == LISTED[0]["voice_id"]


def test_a_key_that_may_only_speak_speaks(make, upstream):
    upstream.may_list = False
    speech = make(voice=OWN_VOICE)

    assert dict(speech.voices()) == {OWN_VOICE: OWN_VOICE}
    assert say(speech)
    assert make().voices() == {}
    with pytest.raises(ProviderRejected):
        say(make())


@pytest.mark.parametrize(
    ("language", "sent"), [("de", "de"), ("en", "en"), (None, None), ("eu", None)]
)
def test_only_languages_that_it_knows_are_named(make, upstream, language, sent):
    say(make(voice=OWN_VOICE), language=language)

    assert upstream.audio.spoken[0]["language"] == sent


@pytest.mark.parametrize(("speed", "sent"), [(0.25, 0.7), (1.0, 1.0), (4.0, 1.2)])
def test_speeds_are_those_that_it_has(make, upstream, speed, sent):
    say(make(voice=OWN_VOICE), speed=speed)

    assert upstream.audio.spoken[0]["speed"] == sent


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "invalid_api_key", ProviderRefused),
        (401, "quota_exceeded", QuotaUsed),
        (402, "paid_plan_required", QuotaUsed),
        (401, "missing_permissions", ProviderForbidden),
        (401, "detected_unusual_activity", ProviderForbidden),
        (400, "model_not_found", ModelUnknown),
        (404, "voice_not_found", ProviderRejected),
    ],
)
def test_reasons_are_told_apart(make, upstream, status, code, error):
    upstream.fail(status, "Its own words.", code)

    with pytest.raises(error) as caught:
        say(make(voice=OWN_VOICE))
    assert type(caught.value) is error


def test_a_model_that_it_does_not_have_is_named(make):
    with closing(make(model="eleven_v0", voice=OWN_VOICE)) as speech:
        with pytest.raises(ModelUnknown, match="SPEECH_MODEL"):
            say(speech)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"detail": "Unauthorized"}', b""])
def test_a_refusal_without_a_reason_is_one_too(make, upstream, body):
    upstream.answer_always(401, body, "text/html")

    with pytest.raises(ProviderRefused):
        say(make(voice=OWN_VOICE))
