"""What is somebody's, nobody else reaches: a walk over all routes of the program.

For each route with an id, Ben asks with an id of Ada's and finds nothing; then Ada asks the very
same and succeeds, which proves that Ben did not fail for another reason.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.test_relay_admission import HANDSHAKE
from tests.web.visitor import CODE, OFFER, ORIGIN, Guest

CANARY = "canary words of Ada"
TURN = {
    "item_id": "item_1",
    "role": "user",
    "text": "Changed",
    "started_at": "2026-11-21T12:00:00Z",
    "interrupted": False,
}
Things = dict[str, str]
"""What Ada has: the name of a part of an address, and its value."""
NOBODYS = {"ending": "json", "name": "clock", "filename": "css/base.css"}
"""Parts of addresses that are nobody's."""
OPEN = ("static", "insights.table")
"""Endpoints with such a part alone, which show everybody what is for everybody, or their own."""
LATER = {"conversations.restore": "/conversations/{conversation_id}/delete"}
"""What has to be done before, so that there is something to do."""


def body_of(endpoint: str, things: Things) -> dict:
    """What a request to an endpoint carries; all others carry an empty JSON object."""
    call = {"call_id": things["call_id"]}
    bearer = {"Authorization": f"Bearer {things['key']}", "Content-Type": "application/sdp"}
    carried: dict[str, dict] = {
        "turns.save": {"json": TURN},
        "conversations.rename": {"json": {"title": "Changed"}},
        "realtime.open_session": {"json": {"conversation_id": things["conversation_id"]}},
        "realtime.connect": {"data": OFFER, "headers": bearer},
        "realtime.heartbeat": {"json": {"state": "listening"}},
        "realtime.usage": {"json": {"events": []}},
        "reports.report": {"json": call | {"timings": {"mint_ms": 5}}},
        "tools.run_tool": {"json": call | {"arguments": {}}},
    }
    return carried.get(endpoint, {"json": {}})


WITH_IDS_INSIDE = ("realtime.open_session", "reports.report", "tools.run_tool")
"""Endpoints whose ids travel in the body."""


@pytest.fixture(params=[{"auth_mode": "code", "access_code": CODE}, {"allow_open": True}])
def app(request, make_app) -> Flask:
    return make_app(mints_per_minute=10_000, calls_per_user=1_000, **request.param)


@pytest.fixture
def ada(app) -> Guest:
    return come_in(app, "ada@example.com")


@pytest.fixture
def ben(app) -> Guest:
    return come_in(app, "ben@example.com")


def come_in(app: Flask, email: str) -> Guest:
    guest = Guest(app)
    if guest.get("/").status_code == 303:
        assert guest.sign_in(email).status_code == 303
    return guest


def things_of(ada: Guest) -> Things:
    """Let Ada have a conversation, and a call that waits for its offer."""
    session = ada.mint()
    conversation_id = session["conversation_id"]
    assert ada.say(conversation_id, CANARY).status_code == 200
    ids = {"conversation_id": conversation_id, "call_id": session["call_id"], "item_id": "item_1"}
    return NOBODYS | ids | {"key": session["client_secret"]["value"]}


def ask(guest: Guest, method: str, path: str, body: dict) -> TestResponse:
    """Ask as a page of ours would."""
    body = dict(body)
    headers = {"Origin": ORIGIN, "Accept": "application/json"} | body.pop("headers", {})
    return guest.client.open(path, method=method, headers=headers, buffered=True, **body)


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def with_ids(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Routes that name somebody's thing, in the address or in the body."""
    for rule in app.url_map.iter_rules():
        assert rule.arguments <= set(NOBODYS) | {"conversation_id", "call_id", "item_id"}, (
            f"{rule}: say in this test whose that is"
        )
        is_somebodys = rule.arguments - set(NOBODYS) or rule.endpoint in WITH_IDS_INSIDE
        assert is_somebodys or not rule.arguments or rule.endpoint in OPEN, rule
        for method in methods_of(rule) if is_somebodys else ():
            yield rule, method


def address(rule: Rule, things: Things) -> str:
    """Fill in what the address names."""
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<{name}>", things[name])
    return path


def rows(folder: Path, things: Things) -> set[tuple]:
    """Every row of the database that is Ada's, or has to do with what she has."""
    database = sqlite3.connect(folder / "vivavoce.db")
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'"
    found = {
        (name, *row)
        for (name,) in database.execute(names).fetchall()
        for row in database.execute(f"SELECT * FROM {name}").fetchall()
    }
    of_call = "SELECT user_id FROM calls WHERE id = ?"
    (ada,) = database.execute(of_call, [things["call_id"]]).fetchone()
    database.close()
    return {row for row in found if {ada, things["conversation_id"], things["call_id"]} & set(row)}


def test_with_somebodys_ids_one_reaches_nothing(app, ada, ben, tmp_path):
    walked = []
    for rule, method in with_ids(app):
        things = things_of(ada)
        path, body = address(rule, things), body_of(rule.endpoint, things)
        if rule.endpoint in LATER:
            first = LATER[rule.endpoint].format(**things)
            assert ask(ada, "POST", first, {"json": {}}).status_code < 400
        before = rows(tmp_path, things)

        refused = ask(ben, method, path, body)

        where = f"{method} {path} ({rule.endpoint})"
        assert refused.status_code == 404, f"{where}: Ben got {refused.status_code}"
        assert CANARY not in refused.text and things["key"] not in refused.text, where
        assert rows(tmp_path, things) == before, f"{where}: Ben changed what is Ada's"
        proof = ask(ada, method, path, body)
        assert proof.status_code < 400, f"{where}: Ada got {proof.status_code} {proof.text}"
        walked.append(where)
    assert len(walked) >= 15


def test_without_ids_one_sees_only_what_is_ones_own(app, ada, ben):
    things = things_of(ada)
    secrets = {CANARY, "ada@example.com", things["conversation_id"], things["call_id"]}
    for rule in app.url_map.iter_rules():
        if "GET" not in methods_of(rule) or rule.arguments:
            continue
        for query in ("", "?q=canary", "?of=everybody"):
            seen = ben.get(rule.rule + query, Accept="text/html,application/json")
            found = {secret for secret in secrets if secret in seen.text}
            assert not found, f"{rule.rule}{query} shows {found}"


def test_what_one_changes_is_ones_own(app, ada, ben, tmp_path):
    things = things_of(ada)
    for rule in app.url_map.iter_rules():
        for method in set(methods_of(rule)) - {"GET"}:
            if rule.arguments or rule.endpoint in WITH_IDS_INSIDE:
                continue
            before = rows(tmp_path, things)
            ben = come_in(app, "ben@example.com")
            ben.say(ben.mint()["conversation_id"])

            form = {"csrf_token": ben.token("/settings"), "confirm": "yes", "everything": "1"}
            ask(ben, method, rule.rule, {"data": form})
            ask(ben, method, rule.rule, {"json": {}})

            assert rows(tmp_path, things) == before, f"{method} {rule.rule}"
    assert ada.get(f"/conversations/{things['conversation_id']}").status_code == 200


def test_nobody_listens_in_on_a_relayed_call(app, ada, ben):
    call_id = ada.mint(transport="websocket")["call_id"]
    headers = HANDSHAKE | {"Origin": ORIGIN, "Accept": "application/json"}

    refused = ben.client.get(f"/ws/realtime?call_id={call_id}", headers=headers)

    assert refused.status_code == 404


def test_a_search_of_the_model_finds_what_its_own_person_said(app, ada, ben):
    things_of(ada)
    wish = {"call_id": ben.mint()["call_id"], "arguments": {"query": "canary words"}}

    found = ben.post("/api/realtime/tools/search", wish)

    assert found.status_code == 200 and CANARY not in found.text


def test_whoever_is_not_known_reaches_nothing(app, ada):
    for rule, method in with_ids(app):
        things = things_of(ada)
        stranger = Guest(app)
        answer = ask(stranger, method, address(rule, things), body_of(rule.endpoint, things))
        # On an open server a stranger who opens a page is somebody new.
        assert answer.status_code in (401, 404), f"{method} {rule.rule}: {answer.status_code}"
        assert CANARY not in answer.text
