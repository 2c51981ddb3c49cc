"""Logs, and what is struck out of them."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from services.web.logs import JsonFormatter, TextFormatter, redact


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Authorization: Bearer abc.def-1 x", "Authorization: [redacted]"),
        ("got Bearer abc and more", "got Bearer [redacted] and more"),
        ("key ek_68af296e8e408191a1120ab6383263c2!", "key [redacted]!"),
        ("sk-proj-abc_DEF was refused", "[redacted] was refused"),
        ("{'Cookie': 'vivavoce=eyJ1.x'}", "{'Cookie': '[redacted]'}"),
        ("api-key: 12345", "api-key: [redacted]"),
        ("a=ice-pwd:asd88fgpdd777uzjYhagZg", "a=ice-pwd:[redacted]"),
        ("the task desk-top bearer", "the task desk-top bearer"),
    ],
)
def test_secrets_are_struck_out(text, wanted):
    assert redact(text) == wanted


def record(message: str, **more: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "a.b", "levelno": 30, "levelname": "WARNING"})
    made.msg = message
    made.__dict__.update(more)
    return made


def test_json_is_one_object_a_line():
    line = JsonFormatter().format(record("with sk-secret-key", path="/x", status=200))

    entry = json.loads(line)
    assert "\n" not in line
    assert entry["message"] == "with [redacted]"
    assert (entry["level"], entry["logger"], entry["status"]) == ("warning", "a.b", 200)


def test_text_is_for_people():
    line = TextFormatter().format(record("request", method="GET", path="/"))

    assert line.endswith("warning request method=GET path=/")


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_tracebacks_are_redacted_too(formatter):
    try:
        raise ValueError("Bearer abc")
    except ValueError:
        line = formatter.format(record("failed", exc_info=sys.exc_info()))

    assert "ValueError" in line and "abc" not in line
