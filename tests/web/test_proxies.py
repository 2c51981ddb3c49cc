"""Which forwarding headers are believed: those of the proxies that the operator has named."""

from __future__ import annotations

import pytest

from tests.web.visitor import CODE, Guest

FORGED = {
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=192.0.2.1;proto=https;host=evil.example",
}
BEHIND = {"auth_mode": "code", "access_code": CODE}


def cookie_name(answer) -> str:
    return answer.headers["Set-Cookie"].partition("=")[0]


def test_without_a_proxy_none_is_believed(make_app):
    answer = Guest(make_app(**BEHIND)).get("/sign-in", **FORGED)

    assert cookie_name(answer) == "vivavoce"
    assert "Strict-Transport-Security" not in answer.headers


def test_a_named_proxy_tells_that_it_is_reached_by_https(make_app):
    answer = Guest(make_app(trusted_proxies=1, **BEHIND)).get("/sign-in", **FORGED)

    assert cookie_name(answer) == "__Host-vivavoce"
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers


def test_of_two_proxies_the_nearer_tells_that_it_is_reached_by_https(make_app):
    """Each adds to the one header, and replaces the other."""
    guest = Guest(make_app(trusted_proxies=2, **BEHIND))
    seen = {"X-Forwarded-For": "192.0.2.1, 198.51.100.9", "X-Forwarded-Proto": "https"}

    page = guest.get("/sign-in", **seen)
    headers = seen | {"Origin": "https://localhost"}
    form = guest.client.post("/sign-in", data={"a": "b"}, headers=headers)

    assert cookie_name(page) == "__Host-vivavoce"
    assert form.status_code == 400  # for want of a token, and not of the right origin


def test_no_proxy_tells_under_which_name_it_is_reached(make_app):
    guest = Guest(make_app(trusted_proxies=1, **BEHIND))
    origins = {"https://localhost": 400, "https://evil.example": 403, "https://localhost:444": 403}

    for origin, status in origins.items():
        answer = guest.client.post("/sign-in", data={"a": "b"}, headers=FORGED | {"Origin": origin})
        assert answer.status_code == status, origin


@pytest.mark.parametrize(("proxies", "blocked"), [(0, True), (1, False), (2, True)])
def test_the_address_is_what_the_last_proxy_saw(make_app, proxies, blocked):
    """With one proxy the right-most address counts; a visitor may have written the others."""
    guest = Guest(make_app(trusted_proxies=proxies, **BEHIND))

    for number in range(12):
        seen = {"X-Forwarded-For": f"198.51.100.9, 192.0.2.{number}"}
        last = guest.sign_in(code="guess", **seen)

    assert last.status_code == (429 if blocked else 403)


def test_a_visitor_cannot_change_who_they_seem(make_app):
    guest = Guest(make_app(trusted_proxies=1, **BEHIND))

    for number in range(12):
        seen = {"X-Forwarded-For": f"192.0.2.{number}, 198.51.100.9"}
        last = guest.sign_in(code="guess", **seen)

    assert last.status_code == 429
