"""Checks a JSON value against a request type of the `openai` package: no field more, none less.

The package's types are made from the provider's own description of its API. Pydantic would let
unknown members of a TypedDict pass, which the provider does not.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, Required, Union, get_args, get_origin

from openai._types import SequenceNotStr
from typing_extensions import get_type_hints, is_typeddict  # they know its own TypedDict, too

PLAIN: dict[object, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bool: (bool,),
    type(None): (type(None),),
}
WORDS: dict[object, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "a boolean",
}
LISTS = (list, Iterable, Sequence, SequenceNotStr)
MAPPINGS = (dict, Mapping)


class Refused(Exception):
    """What the provider would not take."""

    def __init__(
        self, message: str, code: str = "invalid_value", param: str = "", status: int = 400
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.param, self.status = message, code, param, status


def check(value: object, wanted: Any, path: str = "") -> None:
    """Compare a value with a type.

    Raises:
        Refused: it does not fit; `param` is the path of the part at fault.
    """
    wanted = _bare(wanted)
    origin = get_origin(wanted)
    if wanted in (object, Any):
        return
    if is_typeddict(wanted):
        _check_members(value, wanted, path)
    elif origin in (Union, types.UnionType):
        _check_any(value, get_args(wanted), path)
    elif origin is Literal:
        _check_choice(value, get_args(wanted), path)
    elif origin in LISTS:
        _check_list(value, get_args(wanted)[0], path)
    elif wanted in MAPPINGS or origin in MAPPINGS:
        _check_mapping(value, get_args(wanted), path)
    elif not isinstance(value, PLAIN[wanted]) or (isinstance(value, bool) and wanted is not bool):
        raise _wrong(path, WORDS.get(wanted, "null"))


def _check_choice(value: object, choices: tuple[Any, ...], path: str) -> None:
    # In Python 1 == True, but not in JSON.
    if not any(value == choice and type(value) is type(choice) for choice in choices):
        known = ", ".join(f"'{choice}'" for choice in choices)
        raise Refused(f"Invalid value: '{value}'. Supported values are: {known}.", param=path)


def _check_list(value: object, kind: Any, path: str) -> None:
    if not isinstance(value, list):
        raise _wrong(path, "an array")
    for number, member in enumerate(value):
        check(member, kind, f"{path}[{number}]")


def _bare(wanted: Any) -> Any:
    while get_origin(wanted) in (Required, Annotated):
        wanted = get_args(wanted)[0]
    return wanted


def _check_members(value: object, wanted: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise _wrong(path, "an object")
    hints = _members(wanted)
    prefix = f"{path}." if path else ""
    for name in value:
        if name not in hints:
            raise Refused(
                f"Unknown parameter: '{prefix}{name}'.", "unknown_parameter", prefix + name
            )
    for name, hint in hints.items():
        if name in value:
            check(value[name], hint, prefix + name)
        elif get_origin(hint) is Required:
            raise Refused(
                f"Missing required parameter: '{prefix}{name}'.",
                "missing_required_parameter",
                prefix + name,
            )


@cache
def _members(wanted: Any) -> dict[str, Any]:
    # __required_keys__ does not see a Required that stands in a string.
    return get_type_hints(wanted, include_extras=True)


def _check_any(value: object, choices: Sequence[Any], path: str) -> None:
    """Fit one of several types; the complaint is that of the one which was meant."""
    complaints = []
    for choice in choices:
        try:
            return check(value, choice, path)
        except Refused as refused:
            complaints.append((_is_meant(value, choice), refused.param.count("."), refused))
    raise max(complaints, key=lambda entry: entry[:2])[2]


def _is_meant(value: object, choice: Any) -> bool:
    """Whether an object says by its `type` (or `role`) that it is one of these."""
    choice = _bare(choice)
    if not isinstance(value, dict) or not is_typeddict(choice):
        return False
    marks = [(name, _bare(hint)) for name, hint in _members(choice).items()]
    literal = [(name, get_args(hint)) for name, hint in marks if get_origin(hint) is Literal]
    return all(value.get(n, args[0]) in args for n, args in literal if n in ("type", "role"))


def _check_mapping(value: object, kinds: tuple[Any, ...], path: str) -> None:
    if not isinstance(value, dict):
        raise _wrong(path, "an object")
    for name, member in value.items():
        if len(kinds) == 2:
            check(member, kinds[1], f"{path}.{name}")


def _wrong(path: str, expected: str) -> Refused:
    return Refused(f"Invalid type for '{path}': expected {expected}.", "invalid_type", path)
