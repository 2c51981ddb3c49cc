"""An operator may offer several models: the first is the usual one, others may be asked for."""

from __future__ import annotations

import pytest

from services.calls.session import CallRequest, build_session
from services.config import Config
from services.errors import InvalidField
from services.providers.azure import make_azure
from services.providers.openai import make_openai
from services.settings import Settings
from services.web.model_watch import wanted_models

OPENAI = {"OPENAI_API_KEY": "sk-test", "OPENAI_REALTIME_MODEL": "gpt-realtime-2.1, gpt-realtime"}
AZURE = {
    "AZURE_OPENAI_ENDPOINT": "https://ada.openai.azure.com",
    "AZURE_OPENAI_API_KEY": "azure-key",
    "AZURE_OPENAI_DEPLOYMENT_NAME": "talk,talk-fast,",
}
CASES = [
    (OPENAI, make_openai, ("gpt-realtime-2.1", "gpt-realtime")),
    (AZURE, make_azure, ("talk", "talk-fast")),
]


@pytest.mark.parametrize(("environ", "make", "models"), CASES, ids=["openai", "azure"])
def test_a_session_may_ask_for_any_of_them(environ, make, models):
    abilities = make(Config.from_env(environ)).capabilities()

    asked = [
        build_session("native", CallRequest(model=model), Settings(), abilities)["model"]
        for model in (None, *models)
    ]

    assert asked == [models[0], *models]
    with pytest.raises(InvalidField, match="choose one of"):
        build_session("native", CallRequest(model="another"), Settings(), abilities)


@pytest.mark.parametrize(("environ", "make", "models"), CASES, ids=["openai", "azure"])
def test_all_of_them_are_watched_for_their_end(environ, make, models):
    watched = [each.model for each in wanted_models(Config.from_env(environ))]

    assert set(models) <= set(watched)
