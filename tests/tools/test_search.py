"""Searching in one's own conversations."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.errors import ToolFailed
from services.tools.base import Caller
from services.tools.search import Finding, make_search

ADA = Caller("ada", conversation_id="c2")
SAID_AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def search(query: str, *findings: Finding):
    asked: list[tuple[Caller, list[str]]] = []

    def find(caller, words):
        asked.append((caller, list(words)))
        return findings

    return make_search(find).run({"query": query}, ADA), asked


def test_what_was_found_is_given_with_its_day_and_speaker():
    found, asked = search(
        "dog name", Finding(SAID_AT, "user", "My dog is called Rex.", "About my dog")
    )

    assert asked == [(ADA, ["dog", "name"])]
    assert found == [
        {
            "date": "2026-03-01",
            "conversation": "About my dog",
            "who": "person",
            "text": "My dog is called Rex.",
        }
    ]


def test_a_long_text_is_cut_around_the_first_word():
    found, _ = search(
        "Lisbon", Finding(SAID_AT, "assistant", "a " * 500 + "Lisbon" + " b" * 500, "")
    )

    text = found[0]["text"]
    assert found[0]["who"] == "assistant"
    assert len(text) < 320
    assert "Lisbon" in text
    assert text.startswith("… ") and text.endswith(" …")


def test_nothing_found_is_said():
    assert "Nothing was found" in search("xyzzy")[0]


def test_a_query_has_some_words_and_not_too_many():
    with pytest.raises(ToolFailed):
        search("   ")
    assert len(search(" ".join(str(number) for number in range(50)))[1][0][1]) == 8
