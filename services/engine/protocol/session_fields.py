"""The fields of a session and of a single response, each with its check.

A nested table is an object that is merged field by field; a check replaces the value whole.
Source: https://platform.openai.com/docs/api-reference/realtime-sessions
"""

from __future__ import annotations

from typing import Any

from services.engine.errors import ProtocolError
from services.engine.protocol import checks
from services.engine.protocol.checks import (
    Check,
    boolean,
    integer,
    list_of,
    nullable,
    number,
    one_of,
    plain_object,
    record,
    text,
)
from services.engine.protocol.turn_detection import check_turn_detection

TOOLS_LIMIT = 128


def _format(value: Any, path: str) -> dict[str, Any]:
    wire = plain_object(value, path)
    if wire.get("type") == "audio/pcm" and wire.get("rate", 24000) == 24000 and len(wire) <= 2:
        return {"type": "audio/pcm", "rate": 24000}
    # G.711 is for telephones; none has a line to this server.
    raise checks.bad(path, "audio/pcm with rate 24000")


def _modalities(value: Any, path: str) -> list[str]:
    if value not in (["audio"], ["text"]):
        raise checks.bad(path, "['audio'] or ['text']")
    return list(value)


def _max_tokens(value: Any, path: str) -> int | str:
    return "inf" if value == "inf" else int(integer(1, 4096)(value, path))


def _voice(value: Any, path: str) -> str | dict[str, Any]:
    if isinstance(value, dict):
        return dict(record({"id": text}, required=("id",))(value, path))
    return text(value, path)


def _tool(value: Any, path: str) -> dict[str, Any]:
    if plain_object(value, path).get("type") == "mcp":
        raise ProtocolError(
            "This server calls no remote MCP servers; offer their tools as functions.",
            code="unsupported_tool",
            param=f"{path}.type",
        )
    check = record(
        {
            "type": one_of("function"),
            "name": text,
            "description": text,
            "parameters": plain_object,
        },
        required=("type", "name"),
    )
    return dict(check(value, path))


def _tool_choice(value: Any, path: str) -> str | dict[str, Any]:
    if isinstance(value, str):
        return str(one_of("auto", "none", "required")(value, path))
    fields = {"type": one_of("function"), "name": text}
    return dict(record(fields, required=("type", "name"))(value, path))


def _truncation(value: Any, path: str) -> str | dict[str, Any]:
    if isinstance(value, str):
        return str(one_of("auto", "disabled")(value, path))
    fields: dict[str, Check] = {
        "type": one_of("retention_ratio"),
        "retention_ratio": number(0, 1),
        "token_limits": plain_object,
    }
    return dict(record(fields, required=("type", "retention_ratio"))(value, path))


def _tracing(value: Any, path: str) -> str | dict[str, Any]:
    return value if value == "auto" else plain_object(value, path)


_TRANSCRIPTION = record(
    {
        "model": text,
        "language": text,
        "languages": list_of(text, 20),
        "keywords": list_of(text, 1000),
        "prompt": text,
        "delay": one_of("minimal", "low", "medium", "high", "xhigh"),
    }
)

_OUTPUT: dict[str, Any] = {
    "output_modalities": _modalities,
    "instructions": text,
    "max_output_tokens": _max_tokens,
    "tools": list_of(_tool, TOOLS_LIMIT),
    "tool_choice": _tool_choice,
    "parallel_tool_calls": boolean,
    "reasoning": plain_object,
    "prompt": nullable(plain_object),
}
"""What a session and a single response both have."""

SESSION_FIELDS: dict[str, Any] = _OUTPUT | {
    "type": one_of("realtime"),
    "model": text,
    "truncation": _truncation,
    "tracing": nullable(_tracing),
    "include": nullable(list_of(text, 20)),
    "audio": {
        "input": {
            "format": _format,
            "transcription": nullable(_TRANSCRIPTION),
            "noise_reduction": nullable(
                record({"type": one_of("near_field", "far_field"), "strength": number(0, 1)})
            ),
            "turn_detection": nullable(check_turn_detection),
        },
        "output": {"format": _format, "voice": _voice, "speed": number(0.25, 1.5)},
    },
}

RESPONSE_FIELDS: dict[str, Any] = _OUTPUT | {
    "audio": {"output": {"format": _format, "voice": _voice}},
    "conversation": one_of("auto", "none"),
    "metadata": nullable(plain_object),
    "input": list_of(plain_object, 1000),
}
