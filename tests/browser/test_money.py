"""What the page shows of money, and how a call comes down when the day's money is used up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.cloud_page import NOTICE_MS, notice
from tests.browser.talk_page import TalkPage
from tests.engine_process import KEY, EngineProcess

DATA = Path(__file__).resolve().parents[1] / "data"
ENOUGH, ONE_REPLY = "100", "0.0001"
"""Dollars of a day: for everything, and for less than the first reply."""

Visit = Callable[..., TalkPage]


@pytest.fixture
def visit(openai, cloud_app, silent_browser, open_page) -> Visit:
    """Opens a window on the program in front of OpenAI, with so much to spend."""

    def start(budget: str, **environ: str) -> TalkPage:
        app = cloud_app(openai, DAILY_BUDGET_USD=budget, **environ)
        page = open_page(silent_browser, app, record=True, scripts=["room.js"])
        return page.prefer(transport="webrtc").open()

    return start


@pytest.fixture
def spare() -> Iterator[EngineProcess]:
    """An engine besides the provider."""
    with EngineProcess(DATA / "cloud.toml") as running:
        yield running


def test_minutes_are_told_before_and_money_during_and_after_a_call(visit):
    page = visit(ENOUGH)
    expect(page.part("minutes-left")).to_have_text("1440 min left today")
    expect(page.part("cost")).to_be_hidden()
    page.connect()
    expect(page.part("minutes-left")).to_be_hidden()

    page.type("Say something short")
    page.replied(1)

    expect(page.part("cost")).to_have_text(re.compile(r"^\$0\.00\d\d$"))
    expect(page.turns("assistant").locator(".turn-cost")).to_have_text(re.compile(r"^\$0\.00"))
    page.disconnect()
    expect(page.part("cost")).to_be_visible()
    expect(page.part("minutes-left")).to_have_text("1439 min left today")
    page.page.reload()
    expect(page.turns("assistant").locator(".turn-cost")).to_have_text(re.compile(r"^\$0\.00"))


def test_a_call_goes_on_in_text_mode_when_the_money_is_used_up(visit, openai):
    page = visit(ONE_REPLY).connect()
    page.type("Say something short")
    page.replied(1)

    expect(notice(page, "budget-text")).to_be_visible(timeout=NOTICE_MS)
    expect(page.call).to_have_attribute("data-mode", "text", timeout=NOTICE_MS)
    page.type("Say something short")
    page.replied(2)

    assert openai.sessions[-1]["output_modalities"] == ["text"]
    expect(page.call).to_have_attribute("data-provider", "openai")


def test_from_text_mode_it_goes_on_with_the_engine(visit, spare):
    page = visit(ONE_REPLY, ENGINE_URL=spare.url, ENGINE_API_KEY=KEY)
    page.prefer(mode="text").open().connect()
    page.type("Say something short")
    page.replied(1)

    expect(notice(page, "budget-engine")).to_be_visible(timeout=NOTICE_MS)
    expect(page.call).to_have_attribute("data-provider", "engine", timeout=NOTICE_MS)
    with page.page.expect_response(lambda answer: answer.url.endswith("/usage")):
        page.type("Say something short")
        page.replied(2)

    assert spare.open_calls == 1
    assert page.texts("assistant") == ["All right.", "All right."]
    page.page.reload()
    expect(page.turns("assistant").nth(0).locator(".turn-cost")).to_be_visible()
    expect(page.turns("assistant").nth(1).locator(".turn-cost")).to_have_count(0)


def test_over_the_relay_the_server_believes_its_own_ears(visit):
    page = visit(ENOUGH)
    page.prefer(transport="websocket").open().connect()
    page.type("Say something short")
    page.replied(1)
    expect(page.part("cost")).to_have_text(re.compile(r"^\$0\.00\d\d$"), timeout=NOTICE_MS)

    told = page.page.evaluate(
        """async () => {
          const url = `/api/realtime/calls/${vivavoce.sessions[0].callId}/usage`;
          const usage = {total_tokens: 1000000, input_tokens: 0, output_tokens: 1000000,
                         input_token_details: {}, output_token_details: {audio_tokens: 1000000}};
          const events = [{type: "response.done", response: {id: "resp_made_up", usage}}];
          const headers = {"Content-Type": "application/json"};
          const body = JSON.stringify({events});
          return (await fetch(url, {method: "POST", headers, body})).json();
        }"""
    )

    assert 0 < told["cost_usd"] < 0.01
