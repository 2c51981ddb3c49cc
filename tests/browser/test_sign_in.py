"""Signing in and out with a real browser, by a code and by way of an OpenID provider."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.issuer import CLIENT_ID, CLIENT_SECRET, OpenIdIssuer
from tests.browser.talk_page import PATIENCE_MS, TalkPage
from tests.browser.test_page import AXE, axe_findings
from tests.conftest import DATA
from tests.running import RunningApp
from tests.web.visitor import CODE

SIZES = {"phone": (360, 780), "desk": (1280, 800)}


@pytest.fixture(scope="module")
def code_app(tmp_path_factory) -> Iterator[RunningApp]:
    """Lets in whoever knows the code."""
    folder = tmp_path_factory.mktemp("code-app")
    door = {"AUTH_MODE": "code", "ACCESS_CODE": CODE}
    with RunningApp(folder, scripted=DATA / "script.toml", **door) as app:
        yield app


def sign_in(page: Page, email: str = "ada@example.com") -> None:
    """Fill in the form by keyboard alone."""
    page.get_by_label("E-mail address").fill(email)
    page.keyboard.press("Tab")
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")


def show_account(page: TalkPage) -> None:
    """Open the settings over the talk page."""
    page.part("settings").click()
    expect(page.part("sign-out")).to_be_visible()


def test_one_signs_in_talks_and_signs_out(silent_browser, code_app, open_page):
    page = open_page(silent_browser, code_app)
    page.page.goto(code_app.url + "/")
    expect(page.page).to_have_url(re.compile(r"/sign-in\?next=/$"))

    sign_in(page.page)

    expect(page.call).to_be_visible()
    page.connect()
    page.type("Say something short")
    page.replied(1)
    page.disconnect()
    conversation = page.conversation_id
    show_account(page)
    expect(page.page.locator("#account")).to_contain_text("ada@example.com")
    page.part("sign-out").click()
    expect(page.page.get_by_label("Access code")).to_be_visible()
    # The browser itself logs what the page before still asked for and came too late.
    page.complaints[:] = [said for said in page.complaints if "status of 401" not in said]
    page.page.goto(f"{code_app.url}/conversations/{conversation}")
    expect(page.page).to_have_url(re.compile(r"/sign-in\?next=/conversations/"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_form_is_for_everybody(silent_browser, code_app, open_page, size, scheme):
    width, height = SIZES[size]
    page = open_page(
        silent_browser,
        code_app,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
    )
    page.page.goto(code_app.url + "/sign-in")
    page.page.evaluate(AXE.read_text("utf-8"))
    found = axe_findings(page)
    page.page.get_by_label("E-mail address").fill("ada@example.com")
    page.page.get_by_label("Access code").fill("wrong")
    page.page.get_by_role("button", name="Sign in").click()
    expect(page.page.get_by_role("alert")).to_contain_text("not the access code")
    page.page.evaluate(AXE.read_text("utf-8"))
    page.complaints.clear()  # the browser itself logs the 403

    assert found + axe_findings(page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    sign_in(page.page)
    expect(page.call).to_be_visible()


def test_a_sign_out_in_another_window_is_told_in_this_one(silent_browser, code_app, open_page):
    page = open_page(silent_browser, code_app)
    page.page.goto(code_app.url + "/")
    sign_in(page.page)
    expect(page.call).to_be_visible()
    other = page.context.new_page()
    other.goto(code_app.url + "/settings")
    other.get_by_test_id("sign-out-everywhere").click()
    expect(other.get_by_label("Access code")).to_be_visible()

    page.part("connect").click()

    notice = page.page.locator('[data-testid="notice"][data-code="sign-in-needed"]')
    expect(notice).to_contain_text("signed out")
    page.complaints.clear()  # the browser itself logs the 401
    notice.get_by_role("button", name="Load again").click()
    expect(page.page.get_by_label("Access code")).to_be_visible()


def test_a_panel_leads_to_the_sign_in(silent_browser, code_app, open_page):
    page = open_page(silent_browser, code_app)
    page.page.goto(code_app.url + "/")
    sign_in(page.page)
    expect(page.call).to_be_visible()
    page.context.clear_cookies()

    page.part("settings").click()

    expect(page.page.get_by_label("Access code")).to_be_visible()
    page.complaints.clear()  # the browser itself logs the 401


def test_an_openid_provider_vouches(silent_browser, app_with, open_page):
    with OpenIdIssuer() as issuer:
        app = app_with(
            AUTH_MODE="oidc",
            OIDC_ISSUER=issuer.url,
            OIDC_CLIENT_ID=CLIENT_ID,
            OIDC_CLIENT_SECRET=CLIENT_SECRET,
        )
        issuer.welcome(app.url + "/sign-in/callback")
        page = open_page(silent_browser, app)
        page.page.goto(app.url + "/settings")
        page.page.get_by_role("link", name="Sign in with").click()

        account = page.page.locator("#account")
        expect(account).to_contain_text("ada@example.com", timeout=PATIENCE_MS)
        page.complaints.clear()  # it has asked another host: the provider
        page.open().connect()
        page.type("Say something short")
        page.replied(1)
