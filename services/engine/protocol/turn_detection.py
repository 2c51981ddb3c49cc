"""The `turn_detection` object: who decides that a turn begins and ends, and by which numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from services.engine.protocol.checks import (
    Check,
    bad,
    boolean,
    integer,
    nullable,
    number,
    one_of,
    plain_object,
    record,
)

_COMMON: dict[str, Check] = {"create_response": boolean, "interrupt_response": boolean}

_SERVER_VAD = record(
    {
        "type": one_of("server_vad"),
        "threshold": number(0, 1),
        "prefix_padding_ms": integer(0, 5000),
        "silence_duration_ms": integer(0, 10000),
        "idle_timeout_ms": nullable(integer(5000, 30000)),
        **_COMMON,
    }
)

_SEMANTIC_VAD = record(
    {
        "type": one_of("semantic_vad"),
        "eagerness": one_of("low", "medium", "high", "auto"),
        **_COMMON,
    }
)

# The defaults of the reference; silence_duration_ms is its documented 500, not the 200 seen live.
_SERVER_DEFAULTS = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
_SEMANTIC_DEFAULTS = {
    "type": "semantic_vad",
    "eagerness": "auto",
    "create_response": True,
    "interrupt_response": True,
}


def check_turn_detection(value: Any, path: str) -> dict[str, Any]:
    """Fill in what is missing.

    Raises:
        ProtocolError: a field is unknown or has a bad value.
    """
    kind = plain_object(value, path).get("type", "server_vad")
    if kind == "server_vad":
        return _SERVER_DEFAULTS | dict(_SERVER_VAD(value, path))
    if kind == "semantic_vad":
        return _SEMANTIC_DEFAULTS | dict(_SEMANTIC_VAD(value, path))
    raise bad(f"{path}.type", "'server_vad' or 'semantic_vad' (null for manual turns)")


@dataclass(frozen=True)
class TurnDetection:
    """How the engine takes turns in one session."""

    kind: Literal["server_vad", "semantic_vad"]
    threshold: float = 0.5
    """Probability from which sound counts as speech."""
    prefix_padding_ms: int = 300
    """Milliseconds kept from before the first word."""
    silence_duration_ms: int = 500
    """Milliseconds of silence that end a turn; `server_vad` only."""
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    """How soon an unfinished sentence is answered; `semantic_vad` only."""
    idle_timeout_ms: int | None = None
    """Milliseconds of silence after a reply that are answered too; None: never."""
    create_response: bool = True
    """Whether the end of a turn begins a reply."""
    interrupt_response: bool = True
    """Whether the begin of a turn ends the reply that is being spoken."""

    @staticmethod
    def from_wire(wire: Mapping[str, Any]) -> TurnDetection:
        """Read a checked object."""
        fields = {name: value for name, value in wire.items() if name != "type"}
        return TurnDetection(kind=wire["type"], **fields)
