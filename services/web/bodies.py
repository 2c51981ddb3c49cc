"""Reads request bodies: never more than a route allows, and never without a clear refusal."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TypeVar

from flask import Flask, request
from werkzeug.exceptions import ClientDisconnected

from services.errors import BodyTimeout, InvalidField, MalformedBody, WrongType

JSON_LIMIT = 64 * 1024
"""Bytes."""
SDP_LIMIT = 256 * 1024
"""Bytes."""
TURN_LIMIT = 640 * 1024
"""Bytes: 100 kB of text in which JSON wrote every character as an escape."""
LIMITS = {"realtime.connect": SDP_LIMIT, "conversations.save": TURN_LIMIT}
"""By endpoint; all others take JSON_LIMIT."""
DRAIN_LIMIT = 16 * 1024 * 1024
"""Bytes of a refused body that are read and thrown away."""
SILENCE_SECONDS = 10.0
"""A sender that is silent for this long in the middle of a body is given up."""
CONTROL_CHARACTERS = re.compile(r"[\x00\ud800-\udfff]")
"""What no database column and no valid UTF-8 can hold."""

Fields = dict[str, object]
T = TypeVar("T")


def init_app(app: Flask) -> None:
    """Limit the bodies that this program reads."""
    app.before_request(_limit)


def _limit() -> None:
    request.max_content_length = LIMITS.get(request.endpoint or "", JSON_LIMIT)
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENCE_SECONDS)


def read_body() -> bytes:
    """Read the whole body.

    Raises:
        BodyTimeout: the sender fell silent or went away.
        RequestEntityTooLarge: it is longer than the route allows.
    """
    incomplete = BodyTimeout("The body did not arrive completely. Try again.")
    try:
        body = request.get_data()
    except (TimeoutError, ClientDisconnected) as error:
        raise incomplete from error
    if len(body) < (request.content_length or 0):
        raise incomplete
    return body


def read_json() -> Fields:
    """Read a JSON object; no body at all counts as an empty one.

    Raises:
        WrongType: the body is something else.
        MalformedBody: it is not UTF-8, not JSON, or no object.
    """
    body = read_body()
    if not body:
        return {}
    if not request.is_json:
        raise WrongType("The body must be JSON, sent as application/json.")
    try:
        parsed = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedBody("The body is not valid UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise MalformedBody(f"The body is not valid JSON: {error}.") from error
    if not isinstance(parsed, dict):
        raise MalformedBody("The body must be a JSON object, such as {}.")
    return parsed


def text_field(fields: Fields, name: str, *, longest: int) -> str | None:
    """Take a text of at most `longest` bytes; None if it is absent or null.

    Raises:
        InvalidField: it is not such a text.
    """
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidField(name, "must be text")
    if CONTROL_CHARACTERS.search(value):
        raise InvalidField(name, "holds a NUL or half a character, which no text may")
    if len(value.encode()) > longest:
        raise InvalidField(name, f"is longer than {longest} bytes")
    return value


def required(name: str, value: T | None) -> T:
    """Insist on a value.

    Raises:
        InvalidField: it is missing.
    """
    if value is None:
        raise InvalidField(name, "is missing")
    return value


def time_field(fields: Fields, name: str) -> datetime | None:
    """Take an ISO 8601 time that names its zone; None if it is absent.

    Raises:
        InvalidField: it is not such a time.
    """
    text = text_field(fields, name, longest=64)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            raise InvalidField(name, "must name its zone, as in 2026-01-31T12:00:00Z")
        return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidField(name, "must be a time such as 2026-01-31T12:00:00Z") from error


def drain() -> None:
    """Throw away the rest of a body that nobody will read."""
    stream = request.environ["wsgi.input"]
    left = min(request.content_length or 0, DRAIN_LIMIT)
    try:
        while left > 0:
            chunk = stream.read(min(left, 65536))
            if not chunk:
                return
            left -= len(chunk)
    except OSError:
        # Whoever stops sending, or has gone, does not wait for the answer either.
        return
