"""The tool that looks for words in the person's own earlier conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.errors import ToolFailed
from services.tools.base import Caller, Tool
from services.tools.function import tool_of

MOST_WORDS = 8
LONGEST = 200
"""Characters of a query."""
AROUND = 150
"""Characters that are given on either side of the first word that was found."""


@dataclass(frozen=True)
class Finding:
    """Something that was said."""

    said_at: datetime
    role: str
    """`user` or `assistant`."""
    text: str
    title: str
    """Of its conversation."""


Find = Callable[[Caller, Sequence[str]], Sequence[Finding]]
"""Looks for words in what this person and the assistant said, the best findings first."""


def make_search(find: Find) -> Tool:
    """Make the tool; `find` must never show anything of anybody else."""

    def search(caller: Caller, query: str) -> object:
        """Search what the person and you said to each other in earlier conversations.

        Use it when the person refers to something that was said before and that you do not know.

        Args:
            caller: who asks.
            query: One to eight characteristic words, as they were probably said, such as
                "holiday Lisbon".
        """
        words = list(dict.fromkeys(query[:LONGEST].split()))[:MOST_WORDS]
        if not words:
            raise ToolFailed("The query has no words.")
        findings = [_to_json(finding, words) for finding in find(caller, words)]
        return findings or "Nothing was found. Other words may find it."

    return tool_of(search, name="search", title="Search in your conversations")


def _to_json(finding: Finding, words: Sequence[str]) -> dict[str, str]:
    return {
        "date": f"{finding.said_at:%Y-%m-%d}",
        "conversation": finding.title,
        "who": "person" if finding.role == "user" else "assistant",
        "text": _excerpt(finding.text, words),
    }


def _excerpt(text: str, words: Sequence[str]) -> str:
    """Give the text around the first word that is found in it."""
    line = " ".join(text.split())
    places = [place for word in words if (place := line.casefold().find(word.casefold())) >= 0]
    begin = max(min(places, default=0) - AROUND, 0)
    end = begin + 2 * AROUND
    return ("… " if begin else "") + line[begin:end] + (" …" if end < len(line) else "")
