"""The session object: its defaults, its checks, and the merge that `session.update` does."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
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
from services.engine.protocol.turn_detection import TurnDetection, check_turn_detection

TOOLS_LIMIT = 128


def _format(value: Any, path: str) -> dict[str, Any]:
    wire = plain_object(value, path)
    if wire.get("type") in ("audio/pcmu", "audio/pcma") and len(wire) == 1:
        return wire
    if wire.get("type") == "audio/pcm" and wire.get("rate", 24000) == 24000 and len(wire) <= 2:
        return {"type": "audio/pcm", "rate": 24000}
    raise checks.bad(path, "audio/pcm with rate 24000, audio/pcmu or audio/pcma")


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

_SESSION: dict[str, Any] = _OUTPUT | {
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

_RESPONSE: dict[str, Any] = _OUTPUT | {
    "audio": {"output": {"format": _format, "voice": _voice}},
    "conversation": one_of("auto", "none"),
    "metadata": nullable(plain_object),
    "input": list_of(plain_object, 1000),
}


@dataclass(frozen=True)
class SessionConfig:
    """The effective configuration of a session, in the form in which it is echoed."""

    wire: Mapping[str, Any]
    """The session object without id and object."""

    @staticmethod
    def default(model: str, voice: str) -> SessionConfig:
        """What a session is when its client sets nothing."""
        return SessionConfig(
            {
                "type": "realtime",
                "model": model,
                "instructions": "",
                "output_modalities": ["audio"],
                "max_output_tokens": "inf",
                "tools": [],
                "tool_choice": "auto",
                "truncation": "auto",
                "tracing": None,
                "prompt": None,
                "include": None,
                "audio": {
                    "input": {
                        "format": {"type": "audio/pcm", "rate": 24000},
                        "transcription": None,
                        "noise_reduction": None,
                        "turn_detection": check_turn_detection({"type": "server_vad"}, ""),
                    },
                    "output": {
                        "format": {"type": "audio/pcm", "rate": 24000},
                        "voice": voice,
                        "speed": 1.0,
                    },
                },
            }
        )

    def merged(
        self, patch: Any, path: str = "session", *, type_required: bool = True
    ) -> SessionConfig:
        """Return a copy with the present fields of `patch` set; nothing is kept of a bad one.

        Raises:
            ProtocolError: a field is unknown or has a bad value; `type` is missing.
        """
        members = plain_object(patch, path)
        if type_required and "type" not in members:
            raise ProtocolError(
                f"Missing required parameter: '{path}.type'.",
                code="missing_required_parameter",
                param=f"{path}.type",
            )
        model = members.get("model", self.wire["model"])
        if model != self.wire["model"]:
            raise ProtocolError(
                f"The model '{model}' does not exist here; this server has '{self.wire['model']}'.",
                code="model_not_found",
                param=f"{path}.model",
            )
        return SessionConfig(_merge(self.wire, members, _SESSION, path))

    def for_response(self, patch: Any) -> SessionConfig:
        """Return the configuration of one response: the session's, with its overrides."""
        return SessionConfig(
            _merge(self.wire, plain_object(patch, "response"), _RESPONSE, "response")
        )

    @property
    def instructions(self) -> str:
        """The system message."""
        return str(self.wire["instructions"])

    @property
    def wants_audio(self) -> bool:
        """Whether replies are spoken."""
        return bool(self.wire["output_modalities"] == ["audio"])

    @property
    def max_tokens(self) -> int | None:
        """None: no limit set."""
        limit = self.wire["max_output_tokens"]
        return None if limit == "inf" else int(limit)

    @property
    def voice(self) -> str:
        """Name of the voice."""
        voice = self.wire["audio"]["output"]["voice"]
        return str(voice["id"] if isinstance(voice, dict) else voice)

    @property
    def speed(self) -> float:
        """1.0 is the voice's own pace."""
        return float(self.wire["audio"]["output"]["speed"])

    @property
    def transcribes(self) -> bool:
        """Whether the client asked to be told what was said."""
        return self.wire["audio"]["input"]["transcription"] is not None

    @property
    def language(self) -> str | None:
        """ISO-639-1 code of what is spoken, None if the client did not say."""
        transcription = self.wire["audio"]["input"]["transcription"] or {}
        languages = transcription.get("languages") or [None]
        language = transcription.get("language") or languages[0]
        return None if language is None else str(language)

    @property
    def turn_detection(self) -> TurnDetection | None:
        """None: the client commits its turns by itself."""
        wire = self.wire["audio"]["input"]["turn_detection"]
        return None if wire is None else TurnDetection.from_wire(wire)


def _merge(
    base: Mapping[str, Any], patch: Mapping[str, Any], schema: Mapping[str, Any], path: str
) -> dict[str, Any]:
    merged = copy.deepcopy(dict(base))
    for name, value in patch.items():
        field_path = f"{path}.{name}"
        if name not in schema:
            raise checks.unknown(field_path)
        rule = schema[name]
        if isinstance(rule, Mapping):
            members = plain_object(value, field_path)
            merged[name] = _merge(merged.get(name, {}), members, rule, field_path)
        else:
            merged[name] = rule(value, field_path)
    return merged
