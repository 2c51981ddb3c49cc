"""A conversation with everything that an export may trip over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.storage.models import Call, Conversation, Turn

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NASTY = (
    "# not a heading",
    "<script>alert(1)</script> & <b>bold</b> &amp; &lt;",
    "*stars* _lines_ **more** `code` ~~gone~~ [link](https://example.org) ![x](y) <https://a.b>",
    "1. first\n2) second\n- third\n+ fourth\n* fifth",
    "two\nlines\n\n\n  and   a paragraph\n    that is indented",
    "```python\nprint('no end of this block')",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "above\n===\nbelow\n---",
    "00:00.000 --> 00:01.000 is no cue\n\nNOTE nor a note",
    "back\\slash at the end\\",
    "> quoted\n:::note",
    "$x^2$ and ^this^ {#id} [^1]",
    "مرحبا 東京 😀 e\u0301",
    "[ref]: https://example.org",
    "<!-- hidden -->",
    "&nbsp; 5 < 6 > 4",
)
"""Each is said once."""


def make_conversation(title: str = "Whales & <friends>") -> Conversation:
    return Conversation(
        id="c1", user_id="ada", title=title, mode="native", created_at=NOON, updated_at=NOON
    )


def make_turn(seconds: float, text: str, role: str = "user", **more) -> Turn:
    return Turn(
        id=int(seconds * 1000),
        conversation_id="c1",
        item_id=f"item_{seconds:g}".replace(".", "_"),
        role=role,
        text=text,
        started_at=NOON + timedelta(seconds=seconds),
        interrupted=more.get("interrupted", False),
        mode="native",
        provider="engine",
        ended_at=more.get("ended_at"),
    )


def make_call(begins: float, ends: float | None) -> Call:
    return Call(
        id=f"call-{begins}",
        connected_at=NOON + timedelta(seconds=begins),
        ended_at=None if ends is None else NOON + timedelta(seconds=ends),
    )


def nasty_turns() -> list[Turn]:
    return [
        make_turn(10 * number, text, ("user", "assistant")[number % 2])
        for number, text in enumerate(NASTY)
    ]
