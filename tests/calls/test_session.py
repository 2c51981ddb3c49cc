"""From wishes to the provider's session object."""

from __future__ import annotations

import pytest
from openai.types.realtime import RealtimeSessionCreateRequest

from services.calls.session import CallRequest, build_session, choose_mode, choose_model
from services.errors import InvalidField
from services.providers.base import Capabilities
from services.settings import Settings

HERE = Capabilities(models=("first", "second"), voices=("joe", "amy"))


@pytest.mark.parametrize(
    "request_",
    [CallRequest(), CallRequest(voice="amy", language="de", instructions="", model="second")],
)
def test_the_session_is_one_that_the_official_client_knows(request_):
    session = build_session(request_, Settings(), HERE)

    known = RealtimeSessionCreateRequest.model_validate(session, strict=True)
    assert known.model_dump(exclude_unset=True) == session


def test_what_is_not_asked_for_comes_from_the_settings():
    settings = Settings(voice="amy", speed=1.2, language="fr", instructions="Be kind.")

    session = build_session(CallRequest(), settings, HERE)

    assert session["instructions"] == "Be kind."
    assert session["model"] == "first"
    assert session["audio"]["output"] == {"voice": "amy", "speed": 1.2}  # type: ignore[index]
    transcription = session["audio"]["input"]["transcription"]  # type: ignore[index]
    assert transcription["language"] == "fr"


def test_what_is_asked_for_outweighs_the_settings():
    settings = Settings(voice="amy", instructions="Be kind.")

    session = build_session(CallRequest(voice="joe", instructions=""), settings, HERE)

    assert session["instructions"] == ""
    assert session["audio"]["output"]["voice"] == "joe"  # type: ignore[index]


def test_a_provider_that_lists_nothing_is_believed_to_have_what_is_named():
    session = build_session(CallRequest(voice="any", model="thing"), Settings(), Capabilities())

    assert session["model"] == "thing"


def test_what_is_not_there_is_refused():
    with pytest.raises(InvalidField, match="no model"):
        choose_model("third", HERE)
    with pytest.raises(InvalidField, match="names no model"):
        choose_model(None, Capabilities())
    with pytest.raises(InvalidField, match="no voice"):
        build_session(CallRequest(voice="eve"), Settings(), HERE)


def test_the_first_mode_on_offer_is_the_default():
    assert choose_mode(None, ("native", "text")) == "native"
    assert choose_mode("text", ("native", "text")) == "text"
    with pytest.raises(InvalidField, match="not on offer"):
        choose_mode("text", ("native",))
