"""A conversation as a file."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.web.visitor import problem_of

JSON = {"Accept": "application/json"}


@pytest.fixture
def path(ada) -> str:
    session = ada.mint()
    ada.offer(session)
    ada.say(session["conversation_id"], "Tell me about <whales>")
    ada.say(
        session["conversation_id"],
        "Whales sing.",
        item_id="item_2",
        role="assistant",
        started_at="2026-11-21T12:00:02.500Z",
        interrupted=True,
        mode="text",
    )
    return f"/conversations/{session['conversation_id']}"


def test_json_has_everything(ada, path):
    answer = ada.get(f"{path}/export.json")

    assert answer.content_type == "application/json; charset=utf-8"
    record = json.loads(answer.text)
    assert set(record) == {"id", "title", "created_at", "turns"}
    assert (record["id"], record["title"]) == (path.rsplit("/", 1)[-1], "Tell me about <whales>")
    assert record["turns"] == [
        {
            "item_id": "item_1",
            "role": "user",
            "text": "Tell me about <whales>",
            "started_at": "2026-11-21T12:00:00+00:00",
            "interrupted": False,
            "mode": "native",
            "provider": "engine",
        },
        {
            "item_id": "item_2",
            "role": "assistant",
            "text": "Whales sing.",
            "started_at": "2026-11-21T12:00:02.500000+00:00",
            "interrupted": True,
            "mode": "text",
            "provider": "engine",
        },
    ]


def test_each_kind_is_a_file_with_a_name(ada, path, clock):
    day = f"{clock():%Y-%m-%d}"
    kinds = {"md": "text/markdown", "json": "application/json", "vtt": "text/vtt"}
    for ending, kind in kinds.items():
        answer = ada.get(f"{path}/export.{ending}")

        assert answer.content_type == f"{kind}; charset=utf-8"
        wanted = f"attachment; filename*=UTF-8''vivavoce-{day}-tell-me-about-whales.{ending}"
        assert answer.headers["Content-Disposition"] == wanted
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_title_in_any_script_gives_a_name(ada, path):
    ada.post(path, {"title": "東京 " * 40})

    answer = ada.get(f"{path}/export.md")

    assert answer.headers["Content-Disposition"].endswith(f"-{quote('東京-' * 13 + '東')}.md")
    assert "東京" in answer.text


def test_others_and_other_kinds_get_nothing(ada, ben, app, path):
    problem_of(ben.get(f"{path}/export.json", **JSON), 404, "not-found")
    problem_of(ada.get(f"{path}/export.exe", **JSON), 404, "not-found")
    problem_of(ada.get("/conversations/nothing/export.md", **JSON), 404, "not-found")
    nobody = app.test_client().get(f"{path}/export.json", headers=JSON)
    problem_of(nobody, 401, "no-user")
