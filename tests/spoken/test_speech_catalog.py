"""Which voices the operator gets."""

from __future__ import annotations

from contextlib import closing

import pytest

from services.config import Config
from services.speech.base import Utterance
from services.speech.catalog import make_speech
from services.upstream.engine_api import EngineApi
from services.upstream.engine_board import EngineState
from tests.providers import stand_in_elevenlabs
from tests.providers.stand_in_audio import PIECE
from tests.providers.stand_in_elevenlabs import StandInElevenLabs
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.providers.stand_in_house import StandInHouse
from tests.providers.stand_in_reader import StandInReader
from tests.providers.stand_in_speech import (
    KEY,
    OWN_VOICE,
    StandInAzureSpeech,
    StandInCompatibleSpeech,
)

ABSENT = EngineApi(lambda: EngineState("absent"), None)


def at_compatible(url: str) -> Config:
    return Config(speech_provider="openai", speech_base_url=f"{url}/v1", speech_api_key=KEY)


def at_azure(url: str) -> Config:
    return Config(
        provider="azure",
        azure_openai_endpoint=f"{url}/",
        azure_openai_api_key=KEY,
        azure_openai_deployment_name="our-realtime",
        speech_provider="azure",
        speech_model="our-voice",
        speech_voice=OWN_VOICE,
    )


def at_elevenlabs(url: str) -> Config:
    return Config(
        speech_provider="elevenlabs",
        elevenlabs_base_url=url,
        elevenlabs_api_key=stand_in_elevenlabs.KEY,
        elevenlabs_voice_id=stand_in_elevenlabs.OWN_VOICE,
    )


def at_reader(url: str) -> Config:
    return Config(
        provider="openai",
        openai_realtime_base_url=f"{url}/v1",
        openai_api_key=KEY,
        openai_realtime_model="gpt-realtime-2.1-mini",
        speech_provider="realtime",
        speech_voice=OWN_VOICE,
    )


@pytest.mark.parametrize(
    ("upstream", "configured"),
    [
        (StandInCompatibleSpeech, at_compatible),
        (StandInAzureSpeech, at_azure),
        (StandInElevenLabs, at_elevenlabs),
        (StandInReader, at_reader),
    ],
)
def test_who_is_configured_speaks_with_the_usual_voice(
    upstream: type[StandInHouse], configured, tmp_path
):
    with upstream() as house:
        ladder = make_speech(configured(house.url), ABSENT, tmp_path)
        assert ladder is not None
        with closing(ladder), ladder.speak(Utterance("One, two.")) as spoken:
            assert b"".join(spoken.pieces) == 3 * PIECE

        assert house.complaints == []
        assert house.audio.spoken[0]["voice"] == next(iter(house.voices))


def test_the_engine_stands_in_where_there_is_one(tmp_path):
    with StandInEngine() as engine, StandInElevenLabs() as cloud:
        cloud.fail(500, "no")
        api = EngineApi(engine.state, SERVER_KEY)
        ladder = make_speech(at_elevenlabs(cloud.url), api, tmp_path)
        assert ladder is not None
        with closing(api), closing(ladder), ladder.speak(Utterance("One, two.")) as spoken:
            assert (spoken.voice_of, spoken.is_stand_in) == ("engine", True)
            assert b"".join(spoken.pieces) == 3 * PIECE


def test_browsers_may_be_left_to_speak(tmp_path):
    assert make_speech(Config(speech_provider="browser"), ABSENT, tmp_path) is None


def test_another_model_does_not_speak_with_the_sounds_of_the_one_before(tmp_path):
    with StandInCompatibleSpeech() as house:
        for model in ("tts-1", "tts-1-hd"):
            house.model = model
            config = Config(
                speech_provider="openai",
                speech_base_url=f"{house.url}/v1",
                speech_api_key=KEY,
                speech_model=model,
            )
            ladder = make_speech(config, ABSENT, tmp_path)
            assert ladder is not None
            with closing(ladder), ladder.speak(Utterance("One, two.")) as spoken:
                b"".join(spoken.pieces)

        assert [wish["model"] for wish in house.audio.spoken] == ["tts-1", "tts-1-hd"]
