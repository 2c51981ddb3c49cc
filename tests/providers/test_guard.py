"""The guard over models: what ends, what is not there, what to do."""

from __future__ import annotations

from datetime import date

import pytest

from services.config import Config
from services.errors import ProviderUnavailable
from services.providers.guard import ModelGuard, WantedModel
from services.web.model_watch import wanted_models

TODAY = date(2026, 11, 21)
REALTIME = WantedModel("OPENAI_REALTIME_MODEL", "gpt-realtime", "openai", is_listed=True)


def look(wanted, listed=None, today=TODAY):
    return ModelGuard([wanted], lambda: listed or {}, lambda: today).look()


def named(model, house="openai", setting="OPENAI_REALTIME_MODEL", is_listed=True):
    return WantedModel(setting, model, house, is_listed)


def test_a_model_that_ends_is_told_with_its_day_and_its_successor(caplog):
    (finding,) = look(REALTIME)

    assert finding.code == "model-retiring"
    assert finding.sentence == (
        "OPENAI_REALTIME_MODEL: gpt-realtime ends on 2027-01-20, in 60 days. "
        "Its successor is gpt-realtime-2.1."
    )
    assert finding.sentence in caplog.text


def test_a_model_that_has_ended_is_told_so():
    (finding,) = look(REALTIME, today=date(2027, 1, 20))

    assert finding.code == "model-retired"
    assert "ended on 2027-01-20" in finding.sentence


def test_the_providers_own_day_counts_before_the_table():
    (finding,) = look(REALTIME, {"gpt-realtime": date(2027, 3, 1)})

    assert "2027-03-01" in finding.sentence


def test_a_day_that_only_the_provider_knows_is_told():
    (finding,) = look(named("gpt-realtime-2.1"), {"gpt-realtime-2.1": date(2028, 1, 1)})

    assert finding.code == "model-retiring"


def test_a_model_that_is_not_listed_is_told_with_what_there_is():
    listed = {"gpt-realtime-2.1": None, "gpt-5": None}

    (finding,) = look(named("gpt-realtime-3"), listed)

    assert finding.code == "model-unlisted"
    assert "Set it to one of: gpt-realtime-2.1." in finding.sentence


def test_a_model_that_stays_is_nothing_to_tell(caplog):
    assert look(named("gpt-realtime-2.1"), {"gpt-realtime-2.1": None}) == ()
    assert caplog.text == ""


def test_a_list_that_cannot_be_had_leaves_the_table(caplog):
    def fail():
        raise ProviderUnavailable("No answer.")

    guard = ModelGuard([REALTIME, named("x")], fail, lambda: TODAY)

    assert [finding.code for finding in guard.look()] == ["model-retiring"]


def test_a_deployment_is_known_by_the_name_of_its_model():
    (finding,) = look(
        named("gpt-realtime", "azure", "AZURE_OPENAI_DEPLOYMENT_NAME", is_listed=False)
    )

    assert "Deploy gpt-realtime-2.1 and set the name of that deployment." in finding.sentence


def test_the_end_of_a_whole_endpoint_names_the_way_out():
    (finding,) = look(named("gpt-4o-mini-tts", setting="SPEECH_MODEL"))

    assert "SPEECH_PROVIDER=realtime" in finding.sentence


def test_another_servers_model_has_no_calendar_of_ours():
    assert look(named("whisper-1", None, is_listed=False)) == ()


@pytest.mark.parametrize(
    ("config", "watched"),
    [
        (Config(), []),
        (
            Config(
                provider="openai",
                speech_provider="realtime",
                transcription_provider="openai",
                openai_api_key="sk-x",
            ),
            ["gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-transcribe"],
        ),
        (
            Config(
                provider="azure",
                speech_provider="realtime",
                transcription_provider="azure",
                azure_openai_endpoint="https://x.openai.azure.com",
                azure_openai_api_key="k",
                azure_openai_deployment_name="voice",
                transcription_model="ears",
            ),
            ["voice", "ears"],
        ),
    ],
)
def test_whatever_calls_depend_on_is_watched(config, watched):
    models = [each.model for each in wanted_models(config)]

    assert models == watched


@pytest.mark.parametrize(
    ("realtime_model", "ears"), [("gpt-realtime-2.1", "gpt-transcribe"), ("own", "whisper-1")]
)
def test_a_gateway_to_openais_models_is_asked_for_theirs(realtime_model, ears):
    gateway = Config(
        provider="openai",
        transcription_provider="openai",
        speech_provider="browser",
        openai_realtime_base_url="http://127.0.0.1:4000/v1",
        openai_realtime_model=realtime_model,
    )

    assert [each.model for each in wanted_models(gateway)] == [realtime_model, ears]


def test_no_default_ends_within_a_year_without_another_way():
    cloud = Config(
        provider="openai",
        speech_provider="realtime",
        transcription_provider="openai",
        openai_api_key="sk-x",
    )

    guard = ModelGuard(wanted_models(cloud), dict, lambda: TODAY)

    assert guard.look() == ()
