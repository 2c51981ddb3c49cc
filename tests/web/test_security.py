"""Origins, cookies and headers."""

from __future__ import annotations

import pytest

from services.web.factory import create_app
from tests.web.visitor import ORIGIN, Visitor, problem_of

UNSAFE = [
    ("POST", "/api/realtime/session"),
    ("POST", "/api/realtime/calls/x"),
    ("POST", "/api/realtime/calls/x/heartbeat"),
    ("DELETE", "/api/realtime/calls/x"),
    ("DELETE", "/conversations/x"),
    ("POST", "/conversations/x/turns"),
]
JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(("method", "path"), UNSAFE)
@pytest.mark.parametrize(
    "origin", [None, "null", "", "http://evil.example", "https://localhost", "http://localhost:1"]
)
def test_a_change_needs_our_own_origin(ada, method, path, origin):
    headers = JSON | {"Content-Type": "application/json"}
    headers |= {"Origin": origin} if origin is not None else {}

    answer = ada.client.open(path, method=method, headers=headers, data=b"{}")

    problem_of(answer, 403, "origin-refused")


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
def test_a_form_cannot_pass_for_json(ada, kind):
    answer = ada.client.post("/api/realtime/session", data=b"{}", headers={"Content-Type": kind})

    problem_of(answer, 403, "origin-refused")


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_a_browser_that_saw_no_page_is_not_known(app, method, path):
    headers = JSON | {"Origin": ORIGIN, "Content-Type": "application/json"}

    answer = app.test_client().open(path, method=method, headers=headers, data=b"{}")

    problem_of(answer, 401, "no-user")


def test_a_forged_cookie_is_nobody(app):
    client = app.test_client()
    client.set_cookie("vivavoce", "eyJ1c2VyIjoiYWRhIn0.aaaa.bbbb")

    answer = client.post("/api/realtime/session", json={}, headers={"Origin": ORIGIN})

    problem_of(answer, 401, "no-user")


def test_the_cookie_is_closed_to_scripts_and_other_sites(app):
    cookie = app.test_client().get("/").headers["Set-Cookie"]

    assert cookie.startswith("vivavoce=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_bound_to_the_host_and_the_browser_to_https(app):
    answer = app.test_client().get("/", base_url="https://localhost")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-vivavoce=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_only_pages_set_the_cookie(ada):
    for path in ("/healthz", "/api/openapi.json", "/static/css/base.css"):
        assert "Set-Cookie" not in ada.get(path).headers
    assert "Set-Cookie" not in ada.post("/api/realtime/session", {}).headers
    assert "Set-Cookie" in ada.get("/conversations").headers
    # It may come late, when the browser has the cookie of somebody else.
    assert "Set-Cookie" not in ada.get("/conversations", **{"HX-Request": "true"}).headers


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/static/img/favicon.svg"])
def test_every_answer_tells_browsers_what_to_refuse(ada, path):
    headers = ada.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy and "*" not in policy
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        assert headers[name] == value
    assert "microphone=(self)" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_what_is_personal_is_not_kept_and_files_are_asked_for_again(ada):
    page = ada.get("/").headers
    assert page["Cache-Control"] == "no-store"
    assert "HX-Request" in page["Vary"]

    file = ada.get("/static/css/base.css")
    assert file.headers["Cache-Control"] == "no-cache"
    again = ada.get("/static/css/base.css", **{"If-None-Match": file.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
    ],
)
def test_on_this_machine_only_its_own_names_are_served(app, host, status):
    answer = app.test_client().get("/healthz", headers={"Host": host})

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("environ", "headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.2"}, {}, 200),
        ({"REMOTE_ADDR": "::1"}, {}, 200),
        ({"REMOTE_ADDR": "::ffff:127.0.0.1"}, {}, 200),
        ({"REMOTE_ADDR": ""}, {}, 200),
        ({"REMOTE_ADDR": "203.0.113.5"}, {}, 421),
        ({"REMOTE_ADDR": "::ffff:203.0.113.5"}, {}, 421),
        ({"SERVER_PROTOCOL": "HTTP/1.0"}, {}, 421),
        ({}, {"X-Forwarded-For": "203.0.113.5"}, 421),
        ({}, {"X-Forwarded-Proto": "https"}, 421),
        ({}, {"X-Real-IP": "203.0.113.5"}, 421),
        ({}, {"Forwarded": "for=203.0.113.5"}, 421),
        ({}, {"Via": "1.1 proxy"}, 421),
    ],
)
def test_on_this_machine_nobody_comes_in_from_elsewhere(app, environ, headers, status):
    """Whatever name they say: gunicorn may listen everywhere, a proxy may stand beside us."""
    answer = app.test_client().get("/insights", environ_overrides=environ, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/conversations/a%00b", 404),
        ("/conversations/a%00b/export.json", 404),
        ("/conversations?after=1-%00", 422),
        ("/conversations?deleted=%00", 422),
        ("/conversations?q=%00", 200),
    ],
)
def test_no_id_with_a_nul_reaches_a_database_that_takes_none(make_app, postgres_url, path, status):
    ada = Visitor(make_app(database_url=postgres_url, secret_key="given"))

    assert ada.get(path).status_code == status


def test_who_opens_the_door_is_served_under_any_name(make_app):
    app = make_app(allow_open=True)

    assert app.test_client().get("/healthz", headers={"Host": "talk.example"}).status_code == 200


def test_the_key_file_is_made_once_and_is_its_owners_alone(make_app, tmp_path):
    first, second = make_app(), make_app()

    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in tmp_path.iterdir() if "key" in file.name) == ["secret_key"]


def test_a_given_key_is_used(make_app, tmp_path):
    app = make_app(secret_key="given")

    assert app.secret_key == "given"
    assert not (tmp_path / "secret_key").exists()


def test_secrets_stay_out_of_logs_answers_and_database(make_app, engine, tmp_path, capfd):
    ada = Visitor(make_app(log_level="DEBUG"))
    session = ada.mint()
    key = session["client_secret"]["value"]
    ada.offer(session)
    ada.offer(ada.mint(), key="sk-canary-key-of-somebody")
    ada.say(session["conversation_id"], text="canary words that were said")
    engine.fail(401, f"Incorrect API key provided: {key}", "invalid_api_key")
    refused = ada.post("/api/realtime/session", {})

    logged = capfd.readouterr().err
    cookie = ada.client.get_cookie("vivavoce")
    assert cookie is not None
    for secret in (key, "canary", cookie.value, "m=audio", "server-key-of-the-engine"):
        assert secret not in logged
        assert secret not in refused.text
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("vivavoce.db*"))
    assert key.encode() not in stored


def test_a_mistake_in_the_environment_ends_the_start_in_a_line(monkeypatch, capfd):
    monkeypatch.setenv("PORT", "many")

    with pytest.raises(SystemExit) as ended:
        create_app()

    assert ended.value.code == 4
    assert capfd.readouterr().err == "PORT: must be a whole number from 0 to 65535, not 'many'\n"
