"""Turns every failure into one answer: problem+json, a page, or a fragment for HTMX.

Source: https://www.rfc-editor.org/rfc/rfc9457
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import asdict, dataclass

from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from jinja2 import TemplateError
from werkzeug.exceptions import HTTPException

from services.errors import AssistantError, InvalidField, SignInNeeded
from services.web.bodies import drain
from services.web.failures import note_answer, note_unexpected
from services.web.request_log import request_id

RETRY_AFTER_SECONDS = 2
"""For failures that mend themselves."""
JSON_PREFIXES = ("/api/", "/ws/", "/healthz", "/readyz")
SENTENCES = {
    400: ("bad-request", "The request cannot be understood."),
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take requests of this kind."),
    408: ("request-timeout", "The request did not arrive in time. Try again."),
    413: ("body-too-large", "The request is longer than this address allows."),
    414: ("address-too-long", "The address is too long."),
    415: ("unsupported-media-type", "The body has a content type that cannot be read here."),
    431: ("headers-too-large", "The headers are longer than this server allows."),
}
"""HTTP status to code and detail, where werkzeug's own words are not for people."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    """A failure as it is told."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    retryable: bool


def init_app(app: Flask) -> None:
    """Answer all failures of this program."""
    app.register_error_handler(AssistantError, answer)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unexpected)


def answer(error: AssistantError) -> Response:
    """Tell a failure of ours; who has to sign in is sent there, if it is a page that they want."""
    if isinstance(error, SignInNeeded) and not _wants_json():
        return _to_sign_in()
    note_answer(error)
    if error.status >= 500:
        log.warning("%s: %s (%s)", error.code, error, error.__cause__ or "no further cause")
    told = _answer(error.title, error.status, str(error), error.code, error.retryable)
    if error.retry_after is not None:
        told.headers["Retry-After"] = str(math.ceil(error.retry_after))
    if isinstance(error, InvalidField):
        log.info("invalid field %s", error.field)
    return told


def _to_sign_in() -> Response:
    """Lead to the page for signing in, and back afterwards."""
    is_htmx = "HX-Request" in request.headers
    page = request.full_path.rstrip("?") if request.method == "GET" and not is_htmx else "/"
    address = url_for("sign_in.show", next=page)
    if is_htmx:
        return Response(status=401, headers={"HX-Redirect": address})
    return make_response(redirect(address, 303))


def _of_http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    code, detail = SENTENCES.get(error.code, (_kebab(error.name), error.description or error.name))
    if isinstance(error, CSRFError):
        code, detail = "csrf-refused", "The form is too old or was not ours. Load the page again."
    answer = _answer(error.name, error.code, detail, code, error.code in (408, 429, 503))
    valid = dict(error.get_headers()).get("Allow")
    if valid:
        answer.headers["Allow"] = valid
    if error.code == 413:
        # Closing on unread bytes resets the connection before the sender reads the answer.
        drain()
    return answer


def _unexpected(error: Exception) -> Response:
    log.error("unexpected %s", type(error).__name__, exc_info=error)
    note_unexpected()
    detail = "This is a mistake of ours. It was written down; try again."
    return _answer("Something went wrong", 500, detail, "internal-error", False)


def _answer(title: str, status: int, detail: str, code: str, retryable: bool) -> Response:
    identity = f"urn:vivavoce:problem:{code}"
    problem = Problem(identity, title, status, detail, code, request_id(), retryable)
    response = _as_json(problem) if _wants_json() else _as_page(problem)
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _wants_json() -> bool:
    has_json_body = request.is_json and request.method not in ("GET", "HEAD")
    if request.path.startswith(JSON_PREFIXES) or has_json_body:
        return True
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    return best == "application/json"


def _as_json(problem: Problem) -> Response:
    return Response(json.dumps(asdict(problem)), content_type="application/problem+json")


def _as_page(problem: Problem) -> Response:
    template = "_problem.html" if request.headers.get("HX-Request") else "error.html"
    try:
        return make_response(render_template(template, problem=problem))
    except TemplateError as error:
        log.error("the page for a problem cannot be rendered", exc_info=error)
        return Response(f"{problem.title}\n{problem.detail}\n", content_type="text/plain")


def _kebab(name: str) -> str:
    return name.lower().replace(" ", "-").replace("'", "")
