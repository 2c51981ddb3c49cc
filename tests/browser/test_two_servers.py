"""A conversation every request of which lands on another process than the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.office import CODE, Office
from tests.browser.talk_page import PATIENCE_MS, TalkPage
from tests.browser.waiting_words import kept

EMAIL = "ada@example.org"
HEARTBEAT_MS = 20_000
"""One comes every 15 seconds."""
MINTS_PER_MINUTE = 10
GUESSES = 10
"""That an address may make at an access code in three minutes."""
UNHEARD = ("Failed to load resource", "502", "503")
"""What the browser says of requests that died with a server."""


@pytest.fixture
def office(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, redis_url: str
) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office"), postgres_url, redis_url) as running:
        yield running


@pytest.fixture
def ada(office, silent_browser, open_page) -> TalkPage:
    """Signed in, on the talk page."""
    page = open_page(silent_browser, office)
    page.page.goto(office.url)
    sign_in(page, CODE)
    expect(page.call).to_be_visible(timeout=PATIENCE_MS)
    # A relayed call goes through one server, and ends with it.
    page.prefer(transport="webrtc").page.reload()
    return page


def sign_in(page: TalkPage, code: str) -> None:
    page.page.get_by_label("E-mail address").fill(EMAIL)
    page.page.get_by_label("Access code").fill(code)
    page.page.get_by_role("button", name="Sign in").click()


def stored(page: TalkPage) -> list[tuple[str, str]]:
    """The conversation as it is exported."""
    address = f"{page.url}/conversations/{page.conversation_id}/export.json"
    turns = page.context.request.get(address).json()["turns"]
    return [(turn["role"], turn["text"]) for turn in turns]


def acknowledged(page: TalkPage, words: str):
    """Wait until a server has said that it has stored these words."""
    return page.page.expect_response(
        lambda answer: answer.ok and words in (answer.request.post_data or "")
    )


def hung_up(page: TalkPage):
    """Wait until a server has ended the call, at the engine too."""
    return page.page.expect_response(lambda answer: answer.request.method == "DELETE")


def said(*words: str) -> list[tuple[str, str]]:
    """What a conversation with quick.toml consists of."""
    return [pair for each in words for pair in (("user", each), ("assistant", f"You said: {each}"))]


def test_a_conversation_needs_no_particular_server(office, ada):
    ada.connect()
    with ada.page.expect_response("**/heartbeat", timeout=HEARTBEAT_MS) as heartbeat:
        ada.type("Tell me about whales")
        ada.replied(1)
        with acknowledged(ada, "You said: And about dolphins"):
            ada.type("And about dolphins")
            ada.replied(2)
    assert heartbeat.value.ok
    assert stored(ada) == said("Tell me about whales", "And about dolphins")
    assert office.engine.open_calls == 1

    with hung_up(ada):
        ada.disconnect()

    assert office.engine.open_calls == 0
    ada.page.goto(f"{office.url}/conversations?q=dolphin")
    expect(ada.page.get_by_text("And about dolphins").first).to_be_visible()
    # In turn, so that none went to the process of the one before.
    shares = Counter(port for _, _, port in office.router.handed)
    assert len(shares) == 2
    assert max(shares.values()) - min(shares.values()) <= 1


def test_a_server_that_dies_in_the_middle_costs_nothing(office, ada):
    ada.connect()
    ada.type("Tell me about whales")
    ada.replied(1)

    ada.part("composer").fill("And about dolphins")
    ada.part("send").click()
    office.servers[0].kill()
    ada.replied(2)
    with acknowledged(ada, "You said: And about seals"):
        ada.type("And about seals")
        ada.replied(3)

    with hung_up(ada):
        ada.disconnect()
    kept(ada.page, 0)
    ada.complaints[:] = [
        each for each in ada.complaints if not any(words in each for words in UNHEARD)
    ]
    assert stored(ada) == said("Tell me about whales", "And about dolphins", "And about seals")
    ada.page.reload()
    assert len(ada.texts()) == 6
    assert office.engine.open_calls == 0


def test_limits_are_counted_together(office, ada, silent_browser):
    mints = [ask(ada, "/api/realtime/session", {}) for _ in range(MINTS_PER_MINUTE + 2)]
    ben = silent_browser.new_context()
    form = ben.new_page()
    form.goto(f"{office.url}/sign-in")
    token = form.locator("input[name=csrf_token]").first.get_attribute("value")
    guess = {"email": EMAIL, "code": "wrong", "csrf_token": token or ""}
    guesses = [
        ben.request.post(f"{office.url}/sign-in", form=guess).status for _ in range(GUESSES + 1)
    ]
    ben.close()

    # The page may have prepared a call of its own ahead of a tap.
    assert mints.count(201) in (MINTS_PER_MINUTE - 1, MINTS_PER_MINUTE)
    assert set(mints[mints.count(201) :]) == {429}
    assert guesses[-1] == 429
    assert 429 not in guesses[:GUESSES]


def ask(page: TalkPage, path: str, body: dict[str, object]) -> int:
    """Post JSON as the page does."""
    headers = {"Origin": page.url}
    return page.context.request.post(f"{page.url}{path}", data=body, headers=headers).status
