"""What a script may say: values, read from a table and checked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar, get_args

Reason = Literal["stop", "length"]
_Part = TypeVar("_Part")


class ScriptError(Exception):
    """Something in a script is not as it should be; the message says where."""


@dataclass(frozen=True)
class Utterance:
    """What the transcriber hears."""

    text: str = ""
    delay_ms: int = 0
    fail: str | None = None


@dataclass(frozen=True)
class Rule:
    """What the thinker answers."""

    match: str = ""
    reply: str = ""
    first_delay_ms: int = 0
    word_delay_ms: int = 0
    fail: str | None = None
    stall: bool = False
    finish: str = "stop"
    tool_call: dict[str, Any] | None = None


@dataclass(frozen=True)
class VoiceScript:
    """How the voice speaks."""

    voices: list[str] = field(default_factory=lambda: ["scripted"])
    ms_per_word: int = 300
    delay_ms: int = 0
    word_delay_ms: int = 0
    fail: str | None = None
    fail_match: str = ""
    fail_after_words: int = 0


@dataclass(frozen=True)
class Script:
    """All of a script."""

    utterances: tuple[Utterance, ...] = (Utterance("Hello."),)
    rules: tuple[Rule, ...] = (Rule(reply="You said: {last}"),)
    voice: VoiceScript = VoiceScript()
    threshold: int = 500


def parse_script(table: object) -> Script:
    """Read a script's table.

    Raises:
        ScriptError: a name is unknown or a value of the wrong type.
    """
    sections = _table(table, "the file", {"transcriber", "thinker", "voice", "activity"})
    transcriber = _table(sections.get("transcriber", {}), "transcriber", {"utterances"})
    thinker = _table(sections.get("thinker", {}), "thinker", {"rules"})
    activity = _table(sections.get("activity", {}), "activity", {"threshold"})
    utterances = _parts(Utterance, transcriber.get("utterances"), "transcriber.utterances")
    rules = _parts(Rule, thinker.get("rules"), "thinker.rules")
    voice = _part(VoiceScript, sections.get("voice", {}), "voice")
    for pattern in [*(rule.match for rule in rules), voice.fail_match]:
        _check_pattern(pattern)
    for rule in rules:
        _check_rule(rule)
    if not voice.voices or not all(isinstance(name, str) for name in voice.voices):
        raise ScriptError("voice.voices must be a list of names")
    return Script(
        utterances=utterances or Script.utterances,
        rules=rules or Script.rules,
        voice=voice,
        threshold=_typed(activity.get("threshold", Script.threshold), int, "activity.threshold"),
    )


def _parts(kind: type[_Part], listed: object, where: str) -> tuple[_Part, ...]:
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise ScriptError(f"{where} must be a list")
    return tuple(_part(kind, part, f"{where}[{number}]") for number, part in enumerate(listed))


def _part(kind: type[_Part], table: object, where: str) -> _Part:
    default = kind()
    known = {known.name for known in fields(default)}  # type: ignore[arg-type]
    values = _table(table, where, known)
    optional = {"fail": str, "tool_call": dict}
    for name, value in values.items():
        wanted = optional.get(name) or type(getattr(default, name))
        _typed(value, wanted, f"{where}.{name}")
    return kind(**values)


def _table(value: object, where: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ScriptError(f"{where} must be a table")
    if unknown := sorted(set(value) - known):
        raise ScriptError(f"{where} does not know {', '.join(unknown)}")
    return value


def _typed(value: object, wanted: type[Any], where: str) -> Any:
    # bool is an int to Python, but not to the one who writes a script.
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ScriptError(f"{where} must be of type {wanted.__name__}, not {value!r}")
    return value


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ScriptError(f"{pattern!r} is no regular expression ({error})") from error


def _check_rule(rule: Rule) -> None:
    if rule.finish not in get_args(Reason):
        raise ScriptError(f"finish must be one of {', '.join(get_args(Reason))}")
    if rule.tool_call is not None:
        call = _table(rule.tool_call, "tool_call", {"name", "arguments"})
        _typed(call.get("name"), str, "tool_call.name")
        _typed(call.get("arguments", {}), dict, "tool_call.arguments")
