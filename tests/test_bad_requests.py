"""Bad requests to every route of the running program: a clear error, and the others go on."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator

import pytest

from tests.running import RunningApp

MEGABYTE = "x" * 1_000_000
SDP = "application/sdp"
JSON = "application/json"


class Visitor:
    """Somebody with the user cookie that `/` sets, who sends whatever he likes."""

    def __init__(self, app: RunningApp) -> None:
        """Visit the page once."""
        self.app = app
        self.headers = {"Origin": app.url, "Content-Type": JSON}
        _, headers, _ = self.send("GET", "/")
        cookies = [value.split(";")[0] for name, value in headers if name == "Set-Cookie"]
        self.headers["Cookie"] = "; ".join(cookies)

    def send(
        self, method: str, path: str, body: str | bytes = "", **headers: str
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send one request on a connection of its own; gives status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.app.port, timeout=30)
        try:
            sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
            content = body.encode() if isinstance(body, str) else body
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def mint(self, **wish: object) -> dict:
        """Mint a key."""
        status, _, body = self.send("POST", "/api/realtime/session", json.dumps(wish))
        assert status == 201, body
        return json.loads(body)


@pytest.fixture(scope="module")
def visitor(scripted_app: RunningApp) -> Iterator[Visitor]:
    """Ada."""
    yield Visitor(scripted_app)


def refused(answer: tuple[int, list[tuple[str, str]], bytes], *statuses: int) -> dict:
    """Check that an answer is a problem document with one of these statuses."""
    status, headers, body = answer
    assert status in statuses, (status, body[:300])
    assert dict(headers)["Content-Type"].startswith("application/problem+json"), body[:300]
    problem = json.loads(body)
    wanted = {"type", "title", "status", "detail", "code", "request_id", "retryable"}
    assert wanted <= set(problem)
    assert problem["status"] == status
    assert problem["detail"], "an error says what to do"
    assert "Traceback" not in body.decode()
    return problem


@pytest.mark.parametrize(
    "body",
    ["{", "[]", '"text"', "null", '{"voice": 5}', '{"mode": "telepathy"}',
     '{"conversation_id": "nobody-has-this"}', '{"model": ["a"]}', '{"instructions": 7}', "\0\xff"],
)  # fmt: skip
def test_a_bad_session_wish_is_explained(visitor, body):
    refused(visitor.send("POST", "/api/realtime/session", body), 400, 404, 422)


def test_an_unknown_model_is_explained(visitor):
    answer = visitor.send("POST", "/api/realtime/session", '{"model": "no-such-model"}')

    assert "no-such-model" in refused(answer, 400, 404, 422)["detail"]


@pytest.mark.parametrize(
    "path", ["/api/realtime/session", "/conversations/unknown/turns",
             "/api/realtime/calls/unknown", "/api/realtime/calls/unknown/heartbeat"],
)  # fmt: skip
def test_a_megabyte_is_refused(visitor, path):
    content_type = SDP if path.endswith("calls/unknown") else JSON
    body = json.dumps({"instructions": MEGABYTE})

    refused(visitor.send("POST", path, body, Content_Type=content_type), 404, 413, 422)


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", ""])
@pytest.mark.parametrize("path", ["/api/realtime/session", "/api/realtime/calls/x/heartbeat"])
def test_another_site_is_refused(visitor, path, origin):
    refused(visitor.send("POST", path, "{}", Origin=origin), 403)


@pytest.mark.parametrize("path", ["/nothing-here", "/conversations/nobody-has-this"])
def test_what_is_not_there_is_said_in_the_form_that_was_asked_for(visitor, path):
    refused(visitor.send("GET", path, Accept=JSON), 404)
    status, headers, body = visitor.send("GET", path, Accept="text/html")

    assert (status, dict(headers)["Content-Type"].split(";")[0]) == (404, "text/html")
    assert b"Back to talking" in body


@pytest.mark.parametrize(
    "sdp", ["", "hello", "v=0\r\n", "v=0\r\no=- 0 0 IN IP4 0\r\ns=-\r\nt=0 0\r\nm=audio x\r\n",
            "\0" * 100, MEGABYTE],
)  # fmt: skip
def test_a_broken_offer_is_explained(visitor, sdp):
    session = visitor.mint()
    key = session["client_secret"]["value"]
    path = session["calls_url"].removeprefix(visitor.app.url)

    answer = visitor.send("POST", path, sdp, Content_Type=SDP, Authorization=f"Bearer {key}")

    refused(answer, 400, 413, 422)


def test_a_foreign_or_missing_key_is_refused(visitor):
    path = visitor.mint()["calls_url"].removeprefix(visitor.app.url)
    foreign = visitor.mint()["client_secret"]["value"]

    for key in (foreign, "ek_made_up", ""):
        answer = visitor.send(
            "POST", path, "v=0\r\n", Content_Type=SDP, Authorization=f"Bearer {key}"
        )
        problem = refused(answer, 400, 401)
        assert foreign not in json.dumps(problem)


def test_a_foreign_call_does_not_exist(visitor):
    call = visitor.mint()["call_id"]
    ben = Visitor(visitor.app)

    path = f"/api/realtime/calls/{call}"
    refused(ben.send("POST", f"{path}/heartbeat", '{"state": "listening"}'), 404)
    refused(ben.send("DELETE", path), 404)
    refused(visitor.send("POST", f"{path}/heartbeat", '{"state": 5}'), 400, 409, 410, 422)


@pytest.mark.parametrize(
    "change",
    [{"role": "wizard"}, {"text": 5}, {"text": MEGABYTE}, {"item_id": ""}, {"item_id": "x" * 999},
     {"started_at": "yesterday"}, {"interrupted": "perhaps"}, {"role": None}],
)  # fmt: skip
def test_a_bad_turn_is_explained(visitor, change):
    conversation = visitor.mint()["conversation_id"]
    turn = {"item_id": "item_1", "role": "user", "text": "Hello", "interrupted": False,
            "started_at": "2026-01-01T12:00:00Z"}  # fmt: skip
    path = f"/conversations/{conversation}/turns"

    refused(visitor.send("POST", path, json.dumps(turn | change), Accept=JSON), 400, 413, 422)
    status, _, body = visitor.send("POST", path, json.dumps(turn), Accept=JSON)
    assert status == 200, body
