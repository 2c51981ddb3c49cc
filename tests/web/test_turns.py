"""Turns: stored, stored again, taken back."""

from __future__ import annotations

import re

import pytest

from tests.web.visitor import ORIGIN, problem_of

JSON = {"Accept": "application/json"}


@pytest.fixture
def conversation(ada) -> str:
    return ada.mint()["conversation_id"]


def test_a_turn_is_stored_and_answered_as_json(ada, conversation):
    answer = ada.say(conversation)

    assert answer.get_json() == {
        "item_id": "item_1",
        "role": "user",
        "text": "Hello there",
        "started_at": "2026-11-21T12:00:00+00:00",
        "interrupted": False,
        "mode": "native",
        "provider": "engine",
    }


def test_a_turn_is_answered_as_the_row_of_the_page(ada, conversation):
    turn = {"item_id": "a-1", "role": "assistant", "text": "<b>Hi</b>", "interrupted": True,
            "started_at": "2026-11-21T12:00:00.250Z"}  # fmt: skip

    row = ada.post(f"/conversations/{conversation}/turns", turn).text

    assert row in ada.get(f"/conversations/{conversation}").text
    assert 'id="turn-a-1"' in row and 'data-interrupted="true"' in row
    assert "&lt;b&gt;Hi&lt;/b&gt;" in row


def test_the_same_turn_twice_is_one_turn(ada, conversation):
    ada.say(conversation)
    ada.say(conversation, text="Hello", interrupted=True)

    page = ada.get(f"/conversations/{conversation}").text
    assert page.count('id="turn-item_1"') == 1
    assert "Hello there" not in page.split('id="turns"')[1]


def test_a_form_stores_a_turn_with_its_token_only(ada, conversation):
    form = {"item_id": "f1", "role": "user", "text": "Typed", "interrupted": "false",
            "started_at": "2026-11-21T12:00:00Z"}  # fmt: skip
    path = f"/conversations/{conversation}/turns"
    page = ada.get("/").text
    found = re.search(r'"X-CSRFToken": "([^"]+)"', page)
    assert found is not None

    refused = ada.client.post(path, data=form, headers=JSON)
    stored = ada.client.post(path, data=form | {"csrf_token": found[1]}, headers=JSON)

    problem_of(refused, 400, "csrf-refused")
    assert stored.get_json()["text"] == "Typed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"item_id": ""}, "item_id"),
        ({"item_id": 'x"><script>'}, "letters"),
        ({"item_id": "x" * 129}, "longer"),
        ({"role": "wizard"}, "user or assistant"),
        ({"role": None}, "missing"),
        ({"text": None}, "missing"),
        ({"text": 5}, "text"),
        ({"text": "é" * 50_001}, "100000 bytes"),
        ({"text": "a\0b"}, "NUL"),
        ({"text": "\udc80"}, "half a character"),
        ({"started_at": "yesterday"}, "time"),
        ({"started_at": "2026-11-21T12:00:00"}, "zone"),
        ({"started_at": "0001-01-01T00:00:00+23:00"}, "time"),
        ({"started_at": 1732190400}, "text"),
        ({"interrupted": "perhaps"}, "true or false"),
        ({"interrupted": [1]}, "true or false"),
        ({"mode": "telepathy"}, "native or text"),
        ({"provider": "p" * 33}, "longer"),
        ({"ended_at": "soon"}, "time"),
    ],
)
def test_a_bad_turn_is_explained(ada, conversation, change, words):
    answer = ada.say(conversation, **change)

    assert words in problem_of(answer, 422, "invalid-field")["detail"]


def test_a_long_turn_fits_however_json_wrote_it(ada, conversation):
    text = "\U0001f600" * 25_000

    assert ada.say(conversation, text=text).get_json()["text"] == text


def test_a_turn_must_be_json_or_a_form(ada, conversation):
    answer = ada.post(
        f"/conversations/{conversation}/turns", data=b"x", headers=JSON | {"Content-Type": "x/y"}
    )

    problem_of(answer, 415, "unsupported-media-type")


def test_a_turn_is_taken_back_once_or_twice(ada, ben, conversation):
    ada.say(conversation)
    ada.say(conversation, item_id="item_2", role="assistant", text="Hello yourself")
    path = f"/conversations/{conversation}/turns/item_2"

    problem_of(ben.delete(path, **JSON), 404, "not-found")
    assert "Hello yourself" in ada.get(f"/conversations/{conversation}").text
    for _ in range(2):
        assert ada.delete(path).status_code == 204
    page = ada.get(f"/conversations/{conversation}").text
    assert "Hello yourself" not in page and 'id="turn-item_1"' in page


def test_a_foreign_form_is_refused_before_its_token_is_looked_at(ada, conversation):
    answer = ada.client.post(
        f"/conversations/{conversation}/turns",
        data={"csrf_token": "x"},
        headers=JSON | {"Origin": ORIGIN + ".example"},
    )

    problem_of(answer, 403, "origin-refused")
