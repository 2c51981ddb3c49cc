"""Signing in by way of an OpenID provider."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from services.accounts.people import VOUCHED_FOR
from tests.accounts.issuer import hour_ago, make_key
from tests.web.visitor import Guest, problem_of

JSON = {"Accept": "application/json"}


def begin(guest: Guest, page: str = "/") -> str:
    """Go to the issuer; gives the address to which it is asked to go."""
    started = guest.get("/sign-in/start?" + urlencode({"next": page}))
    assert started.status_code == 303, started.text
    return started.headers["Location"]


def come_back(address: str) -> str:
    """Let the issuer answer; gives the path and query with which one comes back."""
    answered = httpx2.get(address, trust_env=False)
    assert answered.status_code == 303, answered.text
    found = urlsplit(answered.headers["Location"])
    return f"{found.path}?{found.query}"


def sign_in(guest: Guest, page: str = "/", **headers: str):
    return guest.get(come_back(begin(guest, page)), **headers)


def test_somebody_whom_the_issuer_knows_comes_in(app):
    ada = Guest(app)
    assert ada.get("/").headers["Location"] == "/sign-in?next=/"

    done = sign_in(ada, "/settings")

    assert (done.status_code, done.headers["Location"]) == (303, "/settings")
    page = ada.get("/settings").text
    assert "ada@example.com" in page and "who runs this server" in page


def test_the_question_is_tied_to_the_browser_and_to_the_code(app):
    asked = parse_qs(urlsplit(begin(Guest(app))).query)

    assert asked["response_type"] == ["code"] and asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://localhost/sign-in/callback"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))


def test_the_same_person_is_the_same_in_another_browser(app):
    first, second = Guest(app), Guest(app)
    sign_in(first)
    conversation = first.mint()["conversation_id"]
    first.say(conversation)

    sign_in(second)

    assert second.get(f"/conversations/{conversation}").status_code == 200


def test_two_people_are_two(app, issuer):
    ada, ben = Guest(app), Guest(app)
    sign_in(ada)
    conversation = ada.mint()["conversation_id"]
    issuer.someone = "ben"

    sign_in(ben)

    problem_of(ben.get(f"/conversations/{conversation}", **JSON), 404, "not-found")
    assert "who runs this server" not in ben.get("/settings").text


def test_an_address_that_nobody_verified_makes_nobody_an_owner(app, issuer):
    issuer.someone = "eve"
    eve = Guest(app)

    sign_in(eve)

    page = eve.get("/settings").text
    assert "ada@example.com" not in page and "who runs this server" not in page


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_the_secret_is_shown_as_the_issuer_likes_it(app, issuer, method):
    issuer.welcome("http://localhost/sign-in/callback", method)

    assert sign_in(Guest(app)).status_code == 303


def change(path: str, **values: str) -> str:
    """Change parts of the query; an empty value takes it out."""
    found = urlsplit(path)
    query = {name: each[0] for name, each in parse_qs(found.query).items()} | values
    return found.path + "?" + urlencode({name: each for name, each in query.items() if each})


@pytest.mark.parametrize(
    "values",
    [
        {"state": "another"},
        {"state": ""},
        {"code": "made-up"},
        {"code": ""},
        {"iss": "https://another.example"},
        {"error": "access_denied"},
    ],
)
def test_an_answer_that_is_not_the_one_that_was_asked_for_is_refused(app, values):
    guest = Guest(app)
    path = come_back(begin(guest))

    problem_of(guest.get(change(path, **values), **JSON), 403, "sign-in-refused")
    assert guest.get("/settings").status_code == 303


def test_an_answer_for_another_browser_is_refused(app):
    ada, eve = Guest(app), Guest(app)
    path = come_back(begin(ada))
    begin(eve)

    problem_of(eve.get(path, **JSON), 403, "sign-in-refused")
    problem_of(Guest(app).get(path, **JSON), 403, "sign-in-refused")


def test_an_answer_counts_once(app):
    guest = Guest(app)
    path = come_back(begin(guest))
    guest.get(path)

    problem_of(guest.get(path, **JSON), 403, "sign-in-refused")


FORGERIES = {
    "nonce": lambda claims: claims.update(nonce="another"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "audience": lambda claims: claims.update(aud="another-program"),
    "no audience": lambda claims: claims.pop("aud"),
    "two audiences": lambda claims: claims.update(aud=["another-program"], azp="vivavoce"),
    "for another": lambda claims: claims.update(aud=["vivavoce", "b"], azp="b"),
    "issuer": lambda claims: claims.update(iss="https://another.example"),
    "expired": lambda claims: claims.update(exp=hour_ago()),
    "no end": lambda claims: claims.pop("exp"),
    "from the future": lambda claims: claims.update(iat=hour_ago() + 7200),
    "nobody": lambda claims: claims.pop("sub"),
    "access token": lambda claims: claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_is_not_for_us_and_for_now_is_refused(app, issuer, forgery):
    issuer.forge = FORGERIES[forgery]
    guest = Guest(app)

    problem_of(sign_in(guest, **JSON), 403, "sign-in-refused")
    assert guest.get("/settings").status_code == 303


def test_a_token_of_another_hand_is_refused(app, issuer):
    issuer.signs_with = make_key("first", "another")

    problem_of(sign_in(Guest(app), **JSON), 403, "sign-in-refused")


@pytest.mark.parametrize("offered", [["RS256"], ["none"], ["HS256", "none"]])
def test_a_token_that_nobody_signed_is_refused(app, issuer, offered):
    issuer.algorithm = "none"
    issuer.says["id_token_signing_alg_values_supported"] = offered

    problem_of(sign_in(Guest(app), **JSON), 403, "sign-in-refused")


def test_a_new_key_of_the_issuer_is_fetched(app, issuer):
    sign_in(Guest(app))
    issuer.change_key()

    assert sign_in(Guest(app)).status_code == 303
    assert issuer.asked.count("/keys") == 2


def test_what_seldom_changes_is_asked_for_once(app, issuer):
    for _ in range(3):
        sign_in(Guest(app))

    assert issuer.asked.count("/.well-known/openid-configuration") == 1
    assert issuer.asked.count("/keys") == 1


@pytest.mark.parametrize(
    "says", [{"issuer": "https://another.example"}, {"token_endpoint": None}, {"jwks_uri": 7}]
)
def test_an_issuer_that_says_nonsense_of_itself_is_not_used(app, issuer, says):
    issuer.says |= says

    problem_of(Guest(app).get("/sign-in/start", **JSON), 503, "issuer-unavailable")


def test_an_issuer_that_does_not_answer_is_told(app, issuer):
    issuer.fail(500, "sk-canary")
    refused = problem_of(Guest(app).get("/sign-in/start", **JSON), 503, "issuer-unavailable")

    assert "canary" not in refused["detail"]


def test_an_issuer_that_does_not_know_us_is_told(app, issuer):
    guest = Guest(app)
    path = come_back(begin(guest))
    issuer.provider.clients["vivavoce"]["client_secret"] = "changed"

    problem_of(guest.get(path, **JSON), 503, "issuer-unavailable")


def test_the_word_of_an_issuer_counts_for_a_while(app, issuer, clock):
    ada = Guest(app)
    sign_in(ada)
    conversation = ada.mint()["conversation_id"]
    clock.now += VOUCHED_FOR
    assert ada.get("/settings").status_code == 303

    # The issuer's clock stands still meanwhile.
    issuer.forge = lambda claims: claims.update(
        iat=int(clock().timestamp()), exp=int(clock().timestamp()) + 60
    )
    sign_in(ada)

    assert ada.get(f"/conversations/{conversation}").status_code == 200


def test_another_way_in_makes_sign_ins_void(app, make_app):
    ada = Guest(app)
    sign_in(ada)
    again = Guest(make_app(auth_mode="code", access_code="open sesame"))
    again.carry_cookie_of(ada)

    assert again.get("/settings").status_code == 303
