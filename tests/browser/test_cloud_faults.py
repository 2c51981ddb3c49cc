"""What a person sees when a cloud house does not take a call.

The stand-in makes each fault; on the way there are the real program, sockets and browser.
"""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.cloud_page import NOTICE_MS, notice, talks_on, tap, trouble
from tests.browser.talk_page import TalkPage
from tests.stand_ins import plans

MINT = "/realtime/client_secrets"
TOLD_WITHIN_SECONDS = 10.0
SECONDS_TO_ERROR = """async () => {
    const call = document.querySelector("#call");
    const began = performance.now();
    document.querySelector("[data-testid=connect]").click();
    await new Promise((resolve) => new MutationObserver(() => {
        if (call.dataset.state === "error") resolve();
    }).observe(call, { attributeFilter: ["data-state"] }));
    return (performance.now() - began) / 1000;
}"""


@pytest.fixture
def page(openai_page: TalkPage) -> TalkPage:
    """The window of all tests here."""
    return openai_page


def test_a_refused_key_is_told_and_the_log_names_the_house(openai_app, page, openai, monkeypatch):
    with monkeypatch.context() as changed:
        changed.setattr(openai, "server_key", "sk-renewed")
        tap(page)
        told = notice(page, "provider-refused")
        expect(told).to_contain_text("refused our key", timeout=NOTICE_MS)
        page.state_is("error")
    openai_app.wait_for_log("openai answered 401 invalid_api_key")
    assert f"Incorrect API key provided: Bearer {openai.server_key}" in openai.complaints[0]
    openai.complaints.clear()

    page.part("connect").click()
    page.state_is("listening")
    talks_on(page, 1)


@pytest.mark.parametrize(
    ("answer", "code", "advice"),
    [
        (
            plans.error(403, "unsupported_country_region_territory"),
            "provider-forbidden",
            "does not let our key do this",
        ),
        (
            plans.error(404, "model_not_found", "No such model."),
            "model-unknown",
            "OPENAI_REALTIME_MODEL",
        ),
        (
            plans.error(429, "insufficient_quota", "You exceeded your current quota."),
            "quota-used",
            "quota",
        ),
    ],
)
def test_a_refusal_comes_with_advice(page, openai, answer, code, advice):
    openai.plans.always(MINT, answer)

    tap(page)

    expect(notice(page, code)).to_contain_text(advice, timeout=NOTICE_MS)
    expect(notice(page, code).get_by_role("button").first).to_be_visible()


def test_a_short_wait_is_waited_for_unseen(page, openai):
    openai.plans.next(MINT, plans.busy("1"))

    began = time.monotonic()
    tap(page)
    page.state_is("listening")

    assert time.monotonic() - began >= 1.0
    expect(trouble(page)).to_have_count(0)


@pytest.mark.parametrize("retry_after", [None, "30"])
def test_a_long_wait_is_told_after_three_attempts_at_most(page, openai, retry_after):
    openai.plans.always(MINT, plans.busy(retry_after))

    tap(page)

    busy = trouble(page).first
    expect(busy).to_contain_text(re.compile("busy|too often", re.IGNORECASE), timeout=NOTICE_MS)
    page.state_is("error")
    assert len(openai.asked_for(MINT)) <= 3
    if retry_after:
        expect(busy).to_contain_text("30 seconds")


@pytest.mark.parametrize(
    "answer",
    [
        plans.error(500, "server_error", "Boom.", kind="server_error"),
        plans.HTML,
        plans.BROKEN_JSON,
        plans.HTML_AS_SUCCESS,
    ],
    ids=["500", "502 in HTML", "broken JSON", "HTML as success"],
)
def test_nonsense_is_one_sentence_and_a_button(page, openai, answer):
    openai.plans.always(MINT, answer)

    tap(page)

    told = trouble(page)
    expect(told).to_have_count(1, timeout=NOTICE_MS)
    expect(told).not_to_contain_text(re.compile("html|json|50[02]", re.IGNORECASE))
    openai.plans.clear()
    told.get_by_role("button", name=re.compile("again", re.IGNORECASE)).click()
    page.state_is("listening")


@pytest.mark.alone
def test_silence_is_told_within_ten_seconds(page, openai):
    openai.plans.always(MINT, plans.SILENCE)

    page.open()
    page.page.mouse.move(10, 10)  # as before each tap; the page fetches what a call needs
    page.page.wait_for_load_state("networkidle")
    seconds = page.page.evaluate(SECONDS_TO_ERROR)

    assert seconds <= TOLD_WITHIN_SECONDS
    expect(trouble(page)).to_have_count(1)
    expect(page.part("connect")).to_be_enabled()


def test_a_key_that_expires_on_its_way_is_replaced_unseen(page, openai):
    openai.stale_keys = 1

    tap(page)
    page.state_is("listening")

    talks_on(page, 1)
    expect(trouble(page)).to_have_count(0)
    assert "expired" in openai.complaints[0]
    openai.complaints.clear()
