"""Failures, as they are told."""

from __future__ import annotations

import json

import pytest

from services import errors
from services.errors import AssistantError
from tests.web.visitor import Visitor, problem_of

JSON = {"Accept": "application/json"}


def every_error(base: type[AssistantError] = AssistantError) -> list[type[AssistantError]]:
    found = [base]
    for error in base.__subclasses__():
        found += every_error(error)
    return found


def test_every_error_has_a_name_a_title_and_a_place_in_the_tree():
    assert errors.__doc__ is not None
    codes = [error.code for error in every_error()]
    for error in every_error():
        assert error.code == error.code.lower() and " " not in error.code
        assert 400 <= error.status < 600
        assert error.title
        assert error.__name__ in errors.__doc__
    named = [code for code in codes if code != "internal-error"]
    assert len(named) == len(set(named))


def test_a_request_id_is_taken_if_it_is_sane(ada):
    sane = ada.get("/healthz", **{"X-Request-ID": "trace-0123"})
    odd = ada.get("/healthz", **{"X-Request-ID": "x" * 65})

    assert sane.headers["X-Request-ID"] == "trace-0123"
    assert odd.headers["X-Request-ID"] != "x" * 65


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/api/nothing", 404, "not-found"),
        ("GET", "/api/realtime/session", 405, "method-not-allowed"),
        ("PUT", "/", 405, "method-not-allowed"),
    ],
)
def test_werkzeugs_refusals_look_like_ours(ada, method, path, status, code):
    headers = JSON | {"Origin": "http://localhost", "Content-Type": "application/json"}

    answer = ada.client.open(path, method=method, headers=headers)

    problem_of(answer, status, code)
    assert status != 405 or answer.headers["Allow"]


def test_people_get_a_page_and_htmx_a_fragment(ada):
    page = ada.get("/nothing", Accept="text/html")
    fragment = ada.get("/nothing", Accept="text/html", **{"HX-Request": "true"})

    assert page.status_code == fragment.status_code == 404
    assert "<html" in page.text and page.headers["X-Request-ID"] in page.text
    assert "<html" not in fragment.text and 'data-code="not-found"' in fragment.text


def test_a_mistake_of_ours_is_a_500_without_its_traceback(make_app, capfd):
    app = make_app()
    nothing: dict[str, str] = {}
    app.add_url_rule("/broken", view_func=lambda: nothing["a secret of the code"])

    answer = Visitor(app).get("/broken", **JSON)

    assert "secret" not in json.dumps(problem_of(answer, 500, "internal-error"))
    assert "KeyError" in capfd.readouterr().err


def test_a_page_that_cannot_be_rendered_is_told_in_plain_words(make_app, capfd):
    app = make_app()
    app.jinja_env.globals.pop("url_for")

    answer = app.test_client().get("/nothing", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert "There is nothing at this address." in answer.text
    assert "cannot be rendered" in capfd.readouterr().err
