"""Voices from elsewhere on the real server: sound at once, and nobody works for who has left."""

from __future__ import annotations

import http.client

import pytest

from services.speech.catalog import READER
from tests.providers import stand_in_elevenlabs, stand_in_speech
from tests.providers.stand_in_audio import PIECE
from tests.providers.stand_in_elevenlabs import StandInElevenLabs
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.providers.stand_in_reader import StandInReader
from tests.providers.stand_in_speech import StandInCompatibleSpeech
from tests.running import RunningApp
from tests.test_bad_requests import Visitor
from tests.web.test_leaving import LEFT_SECONDS, PATIENCE_SECONDS, say, wait_until

HOUSES = {
    "elevenlabs": (
        StandInElevenLabs,
        lambda url: {
            "SPEECH_PROVIDER": "elevenlabs",
            "ELEVENLABS_BASE_URL": url,
            "ELEVENLABS_API_KEY": stand_in_elevenlabs.KEY,
        },
    ),
    "compatible": (
        StandInCompatibleSpeech,
        lambda url: {"SPEECH_BASE_URL": f"{url}/v1", "SPEECH_API_KEY": stand_in_speech.KEY},
    ),
    "realtime": (
        StandInReader,
        lambda url: {
            "SPEECH_PROVIDER": "realtime",
            "SPEECH_MODEL": READER,
            "SPEECH_BASE_URL": f"{url}/v1",
            "SPEECH_API_KEY": stand_in_speech.KEY,
        },
    ),
}


@pytest.fixture(scope="module", params=HOUSES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def house(name):
    with HOUSES[name][0]() as running:
        yield running


@pytest.fixture(scope="module")
def app(name, house, tmp_path_factory):
    folder = tmp_path_factory.mktemp(name)
    with StandInEngine() as engine:
        environ = HOUSES[name][1](house.url) | {
            "ENGINE_URL": engine.url,
            "ENGINE_API_KEY": SERVER_KEY,
            "LOG_LEVEL": "DEBUG",
        }
        with RunningApp(folder, **environ) as running:
            Visitor(running)  # answered by a worker, which is there from then on
            yield running


@pytest.fixture
def visitor(app):
    return Visitor(app)


def test_the_first_sound_is_passed_on_before_the_next_is_made_and_leaving_ends_it(visitor, house):
    house.audio.pause_seconds = 20.0
    asked = say(visitor, "One, two, at once.")
    assert asked.answer.read(len(PIECE)) == PIECE

    left_at = asked.leave()

    assert house.audio.left.get(timeout=PATIENCE_SECONDS) - left_at < LEFT_SECONDS
    house.audio.pause_seconds = 0.0


def test_a_house_that_is_silent_is_left_too(visitor, house):
    house.audio.head_seconds = 20.0
    count = len(house.audio.spoken)
    asked = say(visitor, "Three, four, silent.")
    wait_until(lambda: len(house.audio.spoken) > count)

    left_at = asked.leave()

    assert house.audio.left.get(timeout=PATIENCE_SECONDS) - left_at < LEFT_SECONDS
    house.audio.head_seconds = 0.0


def test_half_a_stream_is_no_whole_one(visitor, house):
    house.audio.ending = "cut"
    asked = say(visitor, "Five, six, seven.")

    with pytest.raises((ConnectionError, http.client.IncompleteRead)):
        asked.answer.read()
    asked.leave()
    house.audio.ending = "whole"


def test_the_key_is_in_no_log_and_in_no_title(app, house):
    keys = (stand_in_elevenlabs.KEY, stand_in_speech.KEY)

    assert house.complaints == []
    assert all(key not in app.log for key in keys)
    for process in app.processes():
        assert all(key not in " ".join(process.cmdline()) for key in keys)
