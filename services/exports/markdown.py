"""A conversation as Markdown that reads like the page: no sign that was said is taken for markup.

Source: https://spec.commonmark.org/0.31.2/#backslash-escapes
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.storage.models import Conversation, Turn

SPEAKERS = {"user": "You", "assistant": "Assistant"}
SIGNS = re.compile(r"[\\`*_{}\[\]<>&|~$#!^=]")
"""What may mean something anywhere in a line, also to renderers that know more than CommonMark."""
LINE_START = re.compile(r"^(?:[+\-:]|\d+(?=[.)]))")
"""What begins a list or a line under a heading. After a number its point is what counts."""


def to_markdown(conversation: Conversation, turns: Iterable[Turn]) -> str:
    """Give the conversation as a document with a heading; times are in UTC."""
    began = f"{conversation.created_at:%-d %B %Y, %H:%M} UTC"
    blocks = [f"# {escape(conversation.title or 'Untitled')}", began]
    for turn in turns:
        note = ", interrupted" if turn.interrupted else ""
        blocks.append(f"**{SPEAKERS[turn.role]}** ({turn.started_at:%H:%M:%S}{note})")
        blocks += _paragraphs(turn.text)
    return "\n\n".join(blocks) + "\n"


def escape(line: str) -> str:
    """Write a line so that every sign of it stands for itself."""
    escaped = SIGNS.sub(r"\\\g<0>", line.strip())
    return LINE_START.sub(_escape_start, escaped)


def _escape_start(found: re.Match[str]) -> str:
    start = found[0]
    return f"{start}\\" if start.isdigit() else f"\\{start}"


def _paragraphs(text: str) -> list[str]:
    """Keep the lines as they are: a backslash at the end of one breaks it."""
    parts = re.split(r"\n\s*\n", text.strip())
    lines = ([escape(line) for line in part.splitlines() if line.strip()] for part in parts)
    return ["\\\n".join(paragraph) for paragraph in lines]
