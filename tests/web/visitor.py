"""Somebody with a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from werkzeug.test import TestResponse

OFFER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
ORIGIN = "http://localhost"


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


class Visitor:
    """Has been on the page and asks as the page does."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        assert self.client.get("/").status_code == 200

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
