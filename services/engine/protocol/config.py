"""The session object: its defaults and the merge that `session.update` does."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.engine.errors import ProtocolError
from services.engine.protocol import checks
from services.engine.protocol.checks import plain_object
from services.engine.protocol.session_fields import RESPONSE_FIELDS, SESSION_FIELDS
from services.engine.protocol.turn_detection import TurnDetection, check_turn_detection


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

    def merged(self, patch: Any) -> SessionConfig:
        """Return a copy with the present fields of `patch` set; nothing is kept of a bad one.

        Raises:
            ProtocolError: a field is unknown or has a bad value; `type` is missing.
        """
        members = plain_object(patch, "session")
        if "type" not in members:
            raise ProtocolError(
                "Missing required parameter: 'session.type'.",
                code="missing_required_parameter",
                param="session.type",
            )
        model = members.get("model", self.wire["model"])
        if model != self.wire["model"]:
            raise ProtocolError(
                f"The model '{model}' does not exist here; this server has '{self.wire['model']}'.",
                code="model_not_found",
                param="session.model",
            )
        return SessionConfig(_merge(self.wire, members, SESSION_FIELDS, "session"))

    def to_wire(self, session_id: str) -> dict[str, Any]:
        """The session object as it is echoed."""
        head = {"id": session_id, "object": "realtime.session", "expires_at": 0}
        return head | dict(self.wire)

    def for_response(self, patch: Any) -> SessionConfig:
        """Return the configuration of one response: the session's, with its overrides."""
        return SessionConfig(
            _merge(self.wire, plain_object(patch, "response"), RESPONSE_FIELDS, "response")
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
