"""A page stays open while somebody else signs in: it speaks for nobody but its own person."""

from __future__ import annotations

import re

import pytest

from tests.web.visitor import ORIGIN, Guest, problem_of


def label(visitor: Guest) -> str:
    """What the talk page knows of its person."""
    found = re.search(r'data-person="(\w+)"', visitor.get("/").text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/conversations"),
        ("POST", "/conversations/{}/turns"),
        ("DELETE", "/conversations/{}/turns/item_1"),
        ("POST", "/api/realtime/session"),
    ],
)
def test_another_persons_page_is_asked_to_sign_in_again(ada, ben, method, path):
    path = path.format(ada.mint()["conversation_id"])
    headers = {"Origin": ORIGIN, "Accept": "application/json", "Vivavoce-Person": label(ada)}

    refused = ben.client.open(path, method=method, json={}, headers=headers)

    problem_of(refused, 401, "sign-in-needed")
    assert "conversation-link" not in ben.get("/conversations").text


def test_ones_own_page_is_served(ada):
    headers = {"Accept": "application/json", "Vivavoce-Person": label(ada)}

    begun = ada.post("/conversations", {}, headers=headers)

    assert begun.status_code == 201
    path = f"/conversations/{begun.get_json()['conversation_id']}/turns/item_1"
    assert ada.delete(path, **headers).status_code == 204
