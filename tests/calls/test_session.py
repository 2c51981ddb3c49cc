"""From wishes to the provider's session object."""

from __future__ import annotations

from dataclasses import replace

import pytest
from openai.types.realtime import RealtimeSessionCreateRequest

from services.calls.session import (
    SESSION_FIELDS,
    CallRequest,
    build_session,
    build_update,
    choose_mode,
    choose_model,
    offer_modes,
)
from services.errors import InvalidField
from services.personas import PERSONAS
from services.providers.base import Capabilities
from services.settings import TABLE, Settings

HERE = Capabilities(models=("first", "second"), voices=("joe", "amy"))
BOTH = offer_modes(("native", "text"), HERE)
WISHES = CallRequest(voice="amy", language="de", instructions="", model="second")
MANY = Settings(turn_detection="server", voice_native="amy", speed=1.2, language="fr")


@pytest.mark.parametrize("mode", ["native", "text"])
@pytest.mark.parametrize("request_", [CallRequest(), WISHES])
@pytest.mark.parametrize("settings", [Settings(), MANY, Settings(talk="hold")])
def test_the_session_is_one_that_the_official_client_knows(mode, request_, settings):
    session = build_session(mode, request_, settings, HERE)

    known = RealtimeSessionCreateRequest.model_validate(session, strict=True)
    assert known.model_dump(exclude_unset=True) == session


def test_what_is_not_asked_for_comes_from_the_settings():
    settings = Settings(voice_native="amy", speed=1.2, language="fr", instructions="Be kind.")

    session = build_session("native", CallRequest(), settings, HERE)

    assert session["instructions"] == PERSONAS["assistant"].instructions + " Be kind."
    assert session["model"] == "first"
    assert session["output_modalities"] == ["audio"]
    assert output(session) == {"voice": "amy", "speed": 1.2}
    assert heard(session)["transcription"]["language"] == "fr"


def test_what_is_asked_for_outweighs_the_settings():
    settings = Settings(voice_native="amy", instructions="Be kind.", language="fr")
    request = CallRequest(voice="joe", instructions="", language="de")

    session = build_session("native", request, settings, HERE)

    assert session["instructions"] == ""
    assert output(session)["voice"] == "joe"
    assert heard(session)["transcription"]["language"] == "de"


def test_text_mode_sends_no_sound_either_way():
    session = build_session("text", CallRequest(), MANY, HERE)

    assert session["output_modalities"] == ["text"]
    assert session["audio"] == {"input": {"turn_detection": None}}


def test_a_voice_in_the_settings_that_is_gone_is_passed_over():
    session = build_session("native", CallRequest(), Settings(voice_native="eve"), HERE)

    assert "voice" not in output(session)


def test_a_provider_that_lists_nothing_is_believed_to_have_what_is_named():
    settings = Settings(voice_native="any")

    session = build_session("native", CallRequest(model="thing"), settings, Capabilities())

    assert session["model"] == "thing"
    assert output(session)["voice"] == "any"


def test_what_is_not_there_is_refused():
    with pytest.raises(InvalidField, match="no model"):
        choose_model("third", HERE)
    with pytest.raises(InvalidField, match="names no model"):
        choose_model(None, Capabilities())
    with pytest.raises(InvalidField, match="no voice"):
        build_session("native", CallRequest(voice="eve"), Settings(), HERE)


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (Settings(), {"type": "semantic_vad", "eagerness": "auto"}),
        (Settings(eagerness="high"), {"type": "semantic_vad", "eagerness": "high"}),
        (
            Settings(turn_detection="server", vad_threshold=0.6, vad_silence_ms=900),
            {
                "type": "server_vad",
                "threshold": 0.6,
                "silence_duration_ms": 900,
                "prefix_padding_ms": 300,
            },
        ),
        (Settings(talk="hold", turn_detection="server"), None),
        (Settings(talk="tap"), None),
    ],
)
def test_the_end_of_a_turn_is_found_as_somebody_wishes(settings, wanted):
    session = build_session("native", CallRequest(), settings, HERE)

    assert heard(session)["turn_detection"] == wanted


def test_a_way_of_finding_it_that_the_provider_lacks_gives_way():
    lacking = replace(HERE, turn_detection=("server",))

    session = build_session("native", CallRequest(), Settings(), lacking)

    assert heard(session)["turn_detection"]["type"] == "server_vad"


def test_a_mode_is_asked_for_or_chosen_or_the_first():
    assert choose_mode(None, None, BOTH) == "native"
    assert choose_mode(None, "text", BOTH) == "text"
    assert choose_mode("native", "text", BOTH) == "native"
    assert choose_mode(None, None, offer_modes(("text",), HERE)) == "text"


def test_a_chosen_mode_that_is_gone_is_passed_over_and_one_asked_for_is_refused():
    native_only = offer_modes(("native",), HERE)

    assert choose_mode(None, "text", native_only) == "native"
    with pytest.raises(InvalidField, match="switched off on this server"):
        choose_mode("text", None, native_only)
    with pytest.raises(InvalidField, match="no mode 'telepathy'"):
        choose_mode("telepathy", None, BOTH)


def test_modes_say_why_they_are_not_available():
    silent = replace(HERE, modes=("text",))

    native, text = offer_modes(("native", "text"), silent)

    assert (native.available, text.available) == (False, True)
    assert "cannot do native audio" in native.reason
    with pytest.raises(InvalidField, match="switched off.*cannot do|cannot do.*switched off"):
        choose_mode(None, None, offer_modes(("native",), silent))


def test_a_live_call_is_told_what_changed_and_nothing_else():
    settings = Settings(talk="hold", speed=0.8, language="de")

    assert build_update(["speed"], settings, HERE) == {
        "type": "realtime",
        "audio": {"output": {"speed": 0.8}},
    }
    assert build_update(["talk"], settings, HERE) == {
        "type": "realtime",
        "audio": {"input": {"turn_detection": None}},
    }
    assert build_update(["persona", "captions"], settings, HERE) is None
    assert build_update(["speed"], settings, replace(HERE, live=())) is None


def test_each_setting_behind_a_session_exists_and_counts_at_once():
    names = [name for names in SESSION_FIELDS.values() for name in names]

    assert {TABLE[name].applies for name in names} == {"now"}


def output(session: dict) -> dict:
    return session["audio"]["output"]


def heard(session: dict) -> dict:
    return session["audio"]["input"]
