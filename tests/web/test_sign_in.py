"""Coming in with an access code, being known again, and going out."""

from __future__ import annotations

import pytest

from services.web.limits import LET_IN, LIMITS
from tests.web.visitor import CODE, ORIGIN, Guest, Visitor, problem_of

JSON = {"Accept": "application/json"}
PAGES = ("/", "/conversations", "/conversations/x", "/settings")


@pytest.fixture
def app(make_app):
    return make_app(auth_mode="code", access_code=CODE)


@pytest.fixture
def ada(app) -> Guest:
    guest = Guest(app)
    assert guest.sign_in().status_code == 303
    return guest


@pytest.fixture
def ben(app) -> Guest:
    guest = Guest(app)
    assert guest.sign_in("ben@example.com").status_code == 303
    return guest


@pytest.mark.parametrize("page", PAGES)
def test_a_page_leads_to_the_sign_in_and_back(app, page):
    guest = Guest(app)

    led = guest.get(page)

    assert (led.status_code, led.headers["Location"]) == (303, f"/sign-in?next={page}")
    assert guest.get(led.headers["Location"]).status_code == 200
    assert guest.sign_in(page=page).headers["Location"] == page


def test_a_search_is_found_again(app):
    led = Guest(app).get("/conversations?q=two+words")

    assert led.headers["Location"] == "/sign-in?next=/conversations?q%3Dtwo%2Bwords"


def test_fragments_and_programs_are_told(app):
    guest = Guest(app)

    fragment = guest.get("/conversations", **{"HX-Request": "true"})
    assert (fragment.status_code, fragment.text) == (401, "")
    assert fragment.headers["HX-Redirect"] == "/sign-in?next=/"
    problem_of(guest.post("/api/realtime/session", {}), 401, "sign-in-needed")
    problem_of(guest.get("/settings", **JSON), 401, "sign-in-needed")


def test_what_needs_nobody_is_there_for_everybody(app):
    guest = Guest(app)

    for path in ("/sign-in", "/healthz", "/api/openapi.json", "/static/css/base.css"):
        assert guest.get(path).status_code == 200, path


@pytest.mark.parametrize("code", ["", "x", CODE + "x", CODE.upper(), "ä" * 9])
def test_a_wrong_code_opens_nothing(app, code):
    guest = Guest(app)

    refused = guest.sign_in(code=code)

    assert refused.status_code == 403 and 'role="alert"' in refused.text
    assert 'value="ada@example.com"' in refused.text and CODE not in refused.text
    assert guest.get("/").status_code == 303


@pytest.mark.parametrize("email", ["", "ada", "@", "a@b\nc", "a b@c", "a" * 250 + "@b.example"])
def test_a_slip_in_the_address_is_told(app, email):
    refused = Guest(app).sign_in(email)

    assert refused.status_code == 422 and "not an e-mail address" in refused.text


def test_a_program_is_told_what_is_wrong(app):
    guest = Guest(app)

    problem_of(guest.sign_in(code="wrong", **JSON), 403, "sign-in-refused")
    problem_of(guest.sign_in("ada", **JSON), 422, "invalid-field")


def test_blanks_around_a_pasted_code_do_not_matter(app):
    assert Guest(app).sign_in(" ada@example.com ", f" {CODE}\n").status_code == 303


def test_an_address_proves_nothing(app, ada):
    conversation = ada.mint()["conversation_id"]
    ada.say(conversation)
    impostor = Guest(app)

    impostor.sign_in("ada@example.com")

    problem_of(impostor.get(f"/conversations/{conversation}", **JSON), 404, "not-found")


def test_who_has_signed_in_talks(ada):
    conversation = ada.mint()["conversation_id"]

    assert ada.say(conversation).status_code == 200
    assert ada.get(f"/conversations/{conversation}").status_code == 200
    assert "ada@example.com" in ada.get("/settings").text
    assert ada.get("/sign-in").headers["Location"] == "/"


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "/\tevil",
        "",
        "/sign-in",
        "/" + "a" * 3000,
    ],
)
def test_nobody_is_led_to_another_site(app, page):
    assert Guest(app).sign_in(page=page).headers["Location"] == "/"


def test_the_cookie_is_new_with_each_sign_in(app):
    guest = Guest(app)
    guest.get("/sign-in")
    before = guest.client.get_cookie("vivavoce")
    token = guest.token("/sign-in")

    done = guest.sign_in()

    after = guest.client.get_cookie("vivavoce")
    assert before is not None and after is not None and before.value != after.value
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(done.headers["Set-Cookie"].split("; "))
    assert guest.token("/settings") != token
    thief = Guest(app)
    thief.client.set_cookie("vivavoce", before.value)
    assert thief.get("/").status_code == 303


def test_a_cookie_of_an_open_server_is_nobody_here(make_app, app):
    before = Visitor(make_app())
    guest = Guest(app)
    guest.carry_cookie_of(before)

    assert guest.get("/").status_code == 303


def test_a_copied_cookie_ends_with_the_sign_out(app, ada):
    thief = Guest(app)
    thief.carry_cookie_of(ada)
    assert thief.get("/settings").status_code == 200

    done = ada.submit("/sign-out")

    assert (done.status_code, done.headers["Location"]) == (303, "/sign-in")
    assert done.headers["Clear-Site-Data"] == '"storage"'
    assert ada.get("/").status_code == 303
    assert thief.get("/").status_code == 303
    problem_of(thief.post("/api/realtime/session", {}), 401, "sign-in-needed")


def test_a_new_code_signs_everybody_out_and_parts_nobody_from_their_words(make_app, ada):
    conversation = ada.mint()["conversation_id"]
    page = f"/conversations/{conversation}"
    later = make_app(auth_mode="code", access_code="abracadabra")
    back, stranger = Guest(later), Guest(later)
    for browser in (back, stranger):
        browser.carry_cookie_of(ada)

    assert back.get("/").status_code == 303
    problem_of(back.post("/api/realtime/session", {}), 401, "sign-in-needed")
    assert stranger.sign_in("ben@example.com", "abracadabra").status_code == 303
    assert back.sign_in(code="abracadabra").status_code == 303

    assert back.get(page).status_code == 200
    assert stranger.get(page).status_code == 404
    assert ada.get(page).status_code == 303  # the old sign-in ended with the new one


def test_a_sign_out_is_of_one_person(ada, ben):
    ada.submit("/sign-out/everywhere")

    assert ada.get("/").status_code == 303
    assert ben.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/sign-out", "/sign-out/everywhere"])
def test_another_site_cannot_sign_anybody_out(ada, path):
    headers = {"Origin": "https://evil.example"}
    token = ada.token("/settings")

    assert ada.client.post(path, data={"csrf_token": token}, headers=headers).status_code == 403
    assert ada.client.post(path, headers={"Origin": ORIGIN}, data={"a": "b"}).status_code == 400
    assert ada.client.get(path).status_code == 405
    assert ada.get("/").status_code == 200


def test_guessing_is_slowed_down(app, ada):
    guest = Guest(app)
    most = int(LIMITS["sign_in.enter"].split()[0])
    for _ in range(most):
        assert guest.sign_in(code="guess").status_code == 403

    refused = guest.sign_in(**JSON)

    problem_of(refused, 429, "too-many-requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 180
    assert ada.get("/").status_code == 200


def test_an_office_behind_one_address_comes_in(app):
    for number in range(25):
        assert Guest(app).sign_in(f"person-{number}@example.com").status_code == 303


def test_nobody_becomes_somebody_new_without_end(app):
    for _ in range(int(LET_IN.split()[0])):
        assert Guest(app).sign_in().status_code == 303

    problem_of(Guest(app).sign_in(**JSON), 429, "too-many-requests")
    elsewhere = Guest(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert elsewhere.sign_in().status_code == 303


def test_another_address_is_not_slowed_down(app):
    guest = Guest(app)
    for _ in range(12):
        guest.sign_in(code="guess")

    elsewhere = Guest(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"

    assert elsewhere.sign_in().status_code == 303


def test_neighbours_in_one_network_of_ipv6_are_one(app):
    for number in range(12):
        guest = Guest(app)
        guest.client.environ_base["REMOTE_ADDR"] = f"2001:db8::{number:x}"
        last = guest.sign_in(code="guess", **JSON)

    problem_of(last, 429, "too-many-requests")


def test_an_open_server_has_nobody_to_sign_in(make_app):
    app = make_app()
    ada = Visitor(app)

    assert "nobody has to sign in" in ada.get("/sign-in").text
    assert "sign-out" not in ada.get("/settings").text
    problem_of(ada.get("/sign-in/start", **JSON), 404, "not-found")
    form = {"csrf_token": ada.token("/settings")}
    for path in ("/sign-in", "/sign-out"):
        headers = {"Origin": ORIGIN} | JSON
        problem_of(ada.client.post(path, data=form, headers=headers), 404, "not-found")


def test_names_are_shown_as_they_are(app):
    guest = Guest(app)
    guest.sign_in("<b>@x.example")

    assert "&lt;b&gt;@x.example" in guest.get("/settings").text
    assert "<b>@x" not in guest.get("/settings").text


def test_the_code_stays_out_of_the_log(make_app, capfd):
    guest = Guest(make_app(auth_mode="code", access_code=CODE, log_level="DEBUG"))
    guest.sign_in(code="canary-guess")
    guest.sign_in()

    logged = capfd.readouterr().err
    assert CODE not in logged and "canary-guess" not in logged and "ada@example.com" not in logged
