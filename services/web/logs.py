"""Structured logs, as text or JSON, from which secrets are struck out."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

from flask import g, has_request_context

SECRETS = re.compile(
    # The value of a header, to its closing quote or to the end of the line.
    r"(?i)\b((?:authorization|(?:set-)?cookie|api[-_]key)['\"]?\s*[:=]\s*['\"]?)[^\r\n'\"]+"
    # One word after a word that announces it.
    r"|\b(bearer\s+|a=ice-(?:pwd|ufrag):)\S+"
    # Keys that name themselves.
    r"|\b(?:ek|sk)[_-][\w-]{4,}"
)
CHATTY = ("httpx2", "httpcore2", "openai", "websockets", "mcp", "alembic", "gunicorn.error")
"""Libraries of which only warnings are wanted."""
FIELDS = ("method", "path", "status", "ms", "user")
"""What one request leaves behind, in this order."""


def configure(level: str, style: str) -> None:
    """Send all logs of this process to stderr; may be called again."""
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler.formatter, _Formatter):
            root.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    root.addHandler(handler)
    root.setLevel(level)
    # Their INFO tells of every connection and every migration, their DEBUG of whole requests.
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def redact(text: str) -> str:
    """Strike out what opens a door."""
    return SECRETS.sub(lambda found: f"{found[1] or found[2] or ''}[redacted]", text)


class _Formatter(logging.Formatter):
    """What both styles share."""

    def fields(self, record: logging.LogRecord) -> dict[str, object]:
        """Give what is known besides the message."""
        known = {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if has_request_context() and "request_id" in g:
            known["request_id"] = g.request_id
        return known


class TextFormatter(_Formatter):
    """One line for people: time, level, message, then name=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        pairs = "".join(f" {name}={value}" for name, value in self.fields(record).items())
        line = f"{time} {record.levelname.lower()} {record.getMessage()}{pairs}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return redact(line)


class JsonFormatter(_Formatter):
    """One JSON object a line for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        entry |= self.fields(record)
        if record.exc_info:
            entry["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(entry, default=str)
