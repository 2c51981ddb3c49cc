"""Checks of single values in what a client sends; each returns the value in its full form.

A check takes the value and its path (`session.audio.output.speed`) and raises ProtocolError
with that path as `param`. Limits are those of the OpenAI Realtime API reference.
Source: https://platform.openai.com/docs/api-reference/realtime-sessions
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.engine.errors import ProtocolError

Check = Callable[[Any, str], Any]

TEXT_LIMIT = 60_000
"""Characters in one text field: an item is echoed in one message, which holds 256 KiB at most."""


def bad(path: str, expected: str) -> ProtocolError:
    """Say what a field must be."""
    return ProtocolError(f"Invalid value for '{path}': must be {expected}.", param=path)


def text(value: Any, path: str) -> str:
    """A string that fits in one message."""
    if not isinstance(value, str):
        raise bad(path, "a string")
    if len(value) > TEXT_LIMIT:
        raise bad(path, f"at most {TEXT_LIMIT} characters long")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise bad(path, "valid Unicode text, without lone surrogates")
    return value


def boolean(value: Any, path: str) -> bool:
    """True or false, not 0 or 1."""
    if not isinstance(value, bool):
        raise bad(path, "true or false")
    return value


def number(least: float, most: float) -> Check:
    """A number within bounds, the bounds included."""

    def check(value: Any, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise bad(path, "a number")
        if not least <= value <= most:
            raise bad(path, f"between {least:g} and {most:g}")
        return value

    return check


def integer(least: int, most: int) -> Check:
    """A whole number within bounds, the bounds included."""

    def check(value: Any, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise bad(path, "a whole number")
        if not least <= value <= most:
            raise bad(path, f"between {least} and {most}")
        return value

    return check


def one_of(*choices: str) -> Check:
    """One of a few words."""

    def check(value: Any, path: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise bad(path, "one of " + ", ".join(f"'{choice}'" for choice in choices))
        return value

    return check


def nullable(check: Check) -> Check:
    """The value or null."""

    def check_or_null(value: Any, path: str) -> Any:
        return None if value is None else check(value, path)

    return check_or_null


def list_of(check: Check, most: int) -> Check:
    """A list with a check for each member."""

    def check_list(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise bad(path, "a list")
        if len(value) > most:
            raise bad(path, f"at most {most} long")
        return [check(member, f"{path}[{index}]") for index, member in enumerate(value)]

    return check_list


def record(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """An object with known fields only."""

    def check_record(value: Any, path: str) -> dict[str, Any]:
        members = plain_object(value, path)
        for name in required:
            if name not in members:
                raise ProtocolError(
                    f"Missing required parameter: '{path}.{name}'.",
                    code="missing_required_parameter",
                    param=f"{path}.{name}",
                )
        for name in members:
            if name not in fields:
                raise unknown(f"{path}.{name}")
        return {name: fields[name](member, f"{path}.{name}") for name, member in members.items()}

    return check_record


def plain_object(value: Any, path: str) -> dict[str, Any]:
    """Any JSON object."""
    if not isinstance(value, dict):
        raise bad(path, "an object")
    return value


def unknown(path: str) -> ProtocolError:
    """Name a field that the API does not have."""
    return ProtocolError(f"Unknown parameter: '{path}'.", code="unknown_parameter", param=path)
