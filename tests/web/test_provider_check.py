"""The operator's button on the settings page."""

from __future__ import annotations

import pytest

from tests.web.test_settings import HTMX, token
from tests.web.visitor import ORIGIN, Visitor, problem_of


def press(visitor: Visitor, **headers: str):
    form = {"csrf_token": token(visitor)}
    wanted = {"Origin": ORIGIN, "Accept": "text/html"} | headers
    return visitor.client.post("/settings/check-provider", data=form, headers=wanted)


def test_each_step_is_shown(ada):
    page = press(ada).text.lstrip()

    assert page.startswith("<!doctype html>") and page.count('data-testid="check-step"') >= 5
    assert "gave a key of vivavoce-engine" in page


def test_htmx_gets_the_section_alone(ada):
    assert press(ada, **HTMX).text.lstrip().startswith('<section id="provider-check"')


def test_a_remedy_is_shown(ada, engine):
    engine.fail(401, "wrong key")

    assert "ENGINE_API_KEY" in press(ada).text


@pytest.mark.parametrize("more", [{"allow_open": True}, {"allow_open": True, "host": "0.0.0.0"}])
def test_nobody_else_may_check(make_app, more):
    ben = Visitor(make_app(**more))

    assert "check-provider" not in ben.get("/settings").text
    refusal = ben.client.post(
        "/settings/check-provider",
        data={"csrf_token": token(ben)},
        headers={"Origin": ORIGIN, "Accept": "application/json"},
    )
    problem_of(refusal, 404, "not-found")


def test_another_site_cannot_press_it(ada):
    refusal = ada.client.post(
        "/settings/check-provider", data={}, headers={"Origin": "https://evil.example"}
    )

    assert refusal.status_code == 403
