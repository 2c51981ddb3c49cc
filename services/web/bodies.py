"""Reads request bodies: never more than a route allows, and never without a clear refusal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, TypeVar, cast

from flask import Flask, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from services.errors import BodyTimeout, InvalidField, MalformedBody, WrongType

JSON_LIMIT = 64 * 1024
"""Bytes."""
SDP_LIMIT = 256 * 1024
"""Bytes."""
TURN_LIMIT = 640 * 1024
"""Bytes: 100 kB of text in which JSON wrote every character as an escape."""
FILE_LIMIT = 25 * 1024 * 1024
"""Bytes of a recording."""
LIMITS = {
    "realtime.connect": SDP_LIMIT,
    "turns.save": TURN_LIMIT,
    # With the form around the file.
    "transcriptions.transcribe": FILE_LIMIT + JSON_LIMIT,
}
"""By endpoint; all others take JSON_LIMIT."""
DRAIN_LIMIT = 32 * 1024 * 1024
"""Bytes of a refused body that are read and thrown away."""
IN_MEMORY = 512 * 1024
"""Bytes of a recording; more lies on disk while it is worked on."""
PIECE_BYTES = 64 * 1024
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
    with arriving():
        body = request.get_data()
        if len(body) < (request.content_length or 0):
            raise ClientDisconnected
    return body


def read_file() -> BinaryIO:
    """Read the whole body into a file, which its reader closes; memory stays flat.

    Raises:
        BodyTimeout: the sender fell silent or went away.
        RequestEntityTooLarge: it is longer than FILE_LIMIT.
    """
    file = SpooledTemporaryFile(max_size=IN_MEMORY)
    try:
        with arriving():
            while piece := request.stream.read(PIECE_BYTES):
                file.write(piece)
            if file.tell() < (request.content_length or 0):
                raise ClientDisconnected
        if file.tell() > FILE_LIMIT:
            raise RequestEntityTooLarge
    except BaseException:
        file.close()
        raise
    return cast(BinaryIO, file)


@contextmanager
def arriving() -> Iterator[None]:
    """Tell a body that does not arrive as one.

    Raises:
        BodyTimeout: the sender fell silent or went away.
    """
    try:
        yield
    except (TimeoutError, ClientDisconnected) as error:
        raise BodyTimeout("The body did not arrive completely. Try again.") from error


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


def read_fields() -> Fields:
    """Read a form, or a JSON object.

    Raises:
        WrongType: the body is neither.
        MalformedBody: its JSON cannot be read.
    """
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return dict(request.form)
    if request.mimetype != "application/json":
        raise WrongType("This is sent as application/json or as a form.")
    return read_json()


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


def number_field(fields: Fields, name: str, low: float, high: float) -> float | None:
    """Take a number from low to high; None if it is absent or null.

    Raises:
        InvalidField: it is not such a number.
    """
    value = fields.get(name)
    if value is None:
        return None
    # JSON's true is a number to Python, and NaN compares with nothing.
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InvalidField(name, f"must be a number from {low:g} to {high:g}")
    return float(value)


def language_field(fields: Fields) -> str | None:
    """Take a language tag, of which providers know the part before the first hyphen.

    Raises:
        InvalidField: it is not one.
    """
    tag = text_field(fields, "language", longest=35)
    if tag is None:
        return None
    language = tag.partition("-")[0].lower()
    if not (language.isascii() and language.isalpha() and len(language) in (2, 3)):
        raise InvalidField("language", "must be a language code such as en or de-CH")
    return language


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
