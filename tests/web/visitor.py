"""Somebody with a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from werkzeug.test import TestResponse

OFFER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
ORIGIN = "http://localhost"
CODE = "open sesame"
"""With which one comes in where there is one."""


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.meanwhile: Callable[[], object] | None = None
        """What somebody else does when the time is asked for next."""

    def __call__(self) -> datetime:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return self.now

    def pass_by(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)


class Guest:
    """Has a browser, and asks as the page does; nobody knows them yet."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def sign_in(
        self, email: str = "ada@example.com", code: str = CODE, page: str = "/", **headers: str
    ) -> TestResponse:
        """Fill in the form for signing in, and send it as a browser does."""
        form = {"email": email, "code": code, "next": page, "csrf_token": self.token("/sign-in")}
        headers = {"Origin": ORIGIN, "Accept": "text/html"} | headers
        return self.client.post("/sign-in", data=form, headers=headers)

    def submit(self, path: str, page: str = "/settings", **form: str) -> TestResponse:
        """Send a form that stands on a page."""
        form = {"csrf_token": self.token(page)} | form
        return self.client.post(path, data=form, headers={"Origin": ORIGIN, "Accept": "text/html"})

    def token(self, page: str) -> str:
        """The token that the forms of a page carry."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert found is not None, page
        return found[1]

    def carry_cookie_of(self, other: Guest) -> None:
        """Have got hold of somebody's cookie, by fair means or foul."""
        cookie = other.client.get_cookie("vivavoce")
        assert cookie is not None
        self.client.set_cookie("vivavoce", cookie.value)

    def post(self, path: str, json: object = None, **more) -> TestResponse:
        headers = {"Origin": ORIGIN} | more.pop("headers", {})
        body = {} if json is None else {"json": json}
        return self.client.post(path, headers=headers, **body, **more)

    def delete(self, path: str, **headers: str) -> TestResponse:
        return self.client.delete(path, headers={"Origin": ORIGIN} | headers)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers, buffered=True)

    def mint(self, **wishes: object) -> dict:
        answer = self.post("/api/realtime/session", wishes)
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def offer(self, session: dict, sdp: str = OFFER, key: str | None = None) -> TestResponse:
        secret = session["client_secret"]
        key = key or (secret["value"] if secret else None)
        headers = {"Content-Type": "application/sdp"}
        headers |= {"Authorization": f"Bearer {key}"} if key else {}
        return self.post(session["calls_url"], data=sdp, headers=headers)

    def say(self, conversation_id: str, text: str = "Hello there", **more: object) -> TestResponse:
        turn = {"item_id": "item_1", "role": "user", "text": text, "interrupted": False,
                "started_at": "2026-11-21T12:00:00Z"} | more  # fmt: skip
        headers = {"Accept": "application/json"}
        return self.post(f"/conversations/{conversation_id}/turns", turn, headers=headers)


class Visitor(Guest):
    """Has been on the page of a server that is open."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        assert self.client.get("/").status_code == 200


def stay_awake(app: Flask, clock: Clock, minutes: int) -> None:
    """Let time pass in which the program would have heard of calls."""
    for _ in range(4 * minutes):
        clock.pass_by(seconds=15)
        app.extensions["vivavoce"].book.live.attention.look()


def problem_of(answer: TestResponse, status: int, code: str) -> dict:
    """Check that this is a problem document, and give it."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert set(problem) == {
        "type", "title", "status", "detail", "code", "request_id", "retryable"
    }  # fmt: skip
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"] and problem["request_id"] == answer.headers["X-Request-ID"]
    assert "Traceback" not in answer.text
    return problem
