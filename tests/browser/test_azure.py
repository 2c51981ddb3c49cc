"""The page on Azure OpenAI: both modes, both ways to connect, few events, its own advice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.cloud_page import NOTICE_MS, notice, tap, trouble
from tests.browser.talk_page import TalkPage
from tests.browser.test_openai import WAYS, call_of_a_voice
from tests.stand_ins import plans
from tests.stand_ins.azure import DEPLOYMENT, SERVER_KEY

Visit = Callable[..., TalkPage]


@pytest.fixture
def visit(azure, cloud_app, silent_browser, open_page) -> Visit:
    """Makes a window on the program in front of Azure, with settings of its user."""

    def start(way: str = "ephemeral", **settings: object) -> TalkPage:
        app = cloud_app(azure, CONNECT_VIA=way)
        scripts = ["room.js", "scripted_recognizer.js"]
        page = open_page(silent_browser, app, record=True, scripts=scripts)
        return page.prefer(**{"transport": "webrtc"} | settings)

    return start


@pytest.mark.parametrize("filtered", [False, True], ids=["all events", "webrtcfilter"])
@pytest.mark.parametrize("way", WAYS)
def test_a_spoken_turn_is_answered_aloud(visit, azure, way, filtered):
    azure.filtered = filtered
    page = visit(way).open().connect()

    page.say(call_of_a_voice())
    page.replied(1)
    page.loud("remote")
    page.state_is("listening")

    assert page.texts() == ["Say something short.", "All right."]
    assert azure.sessions[-1]["model"] == DEPLOYMENT
    servers = [asked for asked in azure.asked if asked.headers.get("api-key")]
    assert {asked.headers["api-key"] for asked in servers} == {SERVER_KEY}
    assert all("authorization" not in asked.headers for asked in servers)


@pytest.mark.parametrize(
    ("way", "filtered"), [("ephemeral", False), ("broker", True)], ids=["all events", "filter"]
)
def test_text_mode_is_read_aloud(visit, azure, way, filtered):
    azure.filtered = filtered
    page = visit(way, mode="text").open().connect()

    page.type("Say something short")
    page.replied(1)
    page.loud("remote")
    page.state_is("listening")

    assert page.texts() == ["Say something short", "All right."]
    assert azure.sessions[-1]["output_modalities"] == ["text"]


def test_the_relay_carries_a_call(visit, azure):
    page = visit(transport="websocket").open().connect()

    page.type("Say something short")
    page.replied(1)
    page.loud("remote")

    expect(page.call).to_have_attribute("data-transport", "websocket")
    assert azure.asked_for("/openai/v1/realtime")[-1].query == f"model={DEPLOYMENT}"


def test_a_field_that_azure_does_not_know_yet_is_left_out_unseen(visit, azure, monkeypatch):
    monkeypatch.setattr(azure, "unknown_fields", ("audio.output.speed",))
    page = visit().open().connect()

    page.type("Say something short")
    page.replied(1)

    assert "speed" not in azure.sessions[-1]["audio"]["output"]
    expect(trouble(page)).to_have_count(0)
    azure.complaints.clear()


@pytest.mark.parametrize(
    ("fault", "code", "advice"),
    [
        ("server_key", "provider-refused", "AZURE_OPENAI_API_KEY"),
        ("deployments", "model-unknown", "AZURE_OPENAI_DEPLOYMENT_NAME"),
        ("role", "provider-forbidden", "Cognitive Services OpenAI User"),
        ("region", "provider-forbidden", "East US 2"),
    ],
)
@pytest.mark.parametrize("way", WAYS)
def test_a_refusal_comes_with_the_advice_for_azure(
    visit, azure, monkeypatch, way, fault, code, advice
):
    page = visit(way)  # its program takes the key from the house as it is now
    if fault in ("role", "region"):
        refusal = plans.error(403, "PermissionDenied", "Not you, not here.")
        azure.plans.always("/client_secrets", refusal)
        azure.plans.always("/calls", refusal)
    else:
        monkeypatch.setattr(azure, fault, "" if fault == "server_key" else ())

    tap(page)

    expect(notice(page, code)).to_contain_text(advice, timeout=NOTICE_MS)
    page.state_is("error")
    azure.complaints.clear()
    page.complaints[:] = [said for said in page.complaints if "Failed to load resource" not in said]
