"""One response: what it was asked to be and what has become of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from services.engine.protocol.config import SessionConfig
from services.engine.protocol.ids import new_id
from services.engine.protocol.items import Item
from services.engine.stages import Finish

Status = Literal["in_progress", "completed", "cancelled", "incomplete", "failed"]

# Tokens that sound counts as, so that a client's cost panel works here too.
# Source: https://platform.openai.com/docs/guides/realtime-costs
USER_TOKENS_PER_SECOND = 10
ASSISTANT_TOKENS_PER_SECOND = 20
CHARACTERS_PER_TOKEN = 4
"""For a reply that was cut short, whose tokens nobody counted."""


@dataclass
class Response:
    """A response in the making."""

    config: SessionConfig
    """The session's configuration with the overrides of this response."""
    in_conversation: bool = True
    """False: out of band; its items stay out of the conversation."""
    answers: str | None = None
    """Id of the spoken turn that began it; None: the client asked for it."""
    input: list[Item] | None = None
    """What it reads in place of the conversation."""
    metadata: dict[str, str] | None = None
    id: str = field(default_factory=lambda: new_id("resp"))
    status: Status = "in_progress"
    status_details: dict[str, Any] | None = None
    output: list[Item] = field(default_factory=list)
    usage: dict[str, Any] | None = None
    stages_ms: dict[str, int] = field(default_factory=dict)
    """When each stage was done, in milliseconds since the turn's last word."""

    @property
    def message(self) -> Item | None:
        """The message that is being written, if one has been begun."""
        if self.output and self.output[-1].kind == "message":
            return self.output[-1]
        return None

    def to_wire(self, conversation_id: str) -> dict[str, Any]:
        """The response object as events show it."""
        wire: dict[str, Any] = {
            "id": self.id,
            "object": "realtime.response",
            "status": self.status,
            "status_details": self.status_details,
            "output": [item.to_wire() for item in self.output],
            "conversation_id": conversation_id if self.in_conversation else None,
            "output_modalities": self.config.wire["output_modalities"],
            "max_output_tokens": self.config.wire["max_output_tokens"],
            "audio": {
                "output": {
                    "format": self.config.wire["audio"]["output"]["format"],
                    "voice": self.config.voice,
                }
            },
            "usage": self.usage,
            "metadata": self.metadata,
        }
        if self.stages_ms:
            wire["vivavoce"] = {"stages_ms": self.stages_ms}
        return wire

    def count_usage(self, read: list[Item], finish: Finish | None) -> None:
        """Fill in `usage`; estimated for sound, and for a reply that was cut short.

        Args:
            read: the items that the model read.
            finish: the model's own count, None if it did not come to an end.
        """
        if finish is None and not self.output:
            finish, read = Finish("stop"), []
        written = sum(len(item.text) for item in self.output) // CHARACTERS_PER_TOKEN
        text_in = finish.input_tokens if finish else 0
        text_out = finish.output_tokens if finish else written
        cached = min(finish.cached_tokens, text_in) if finish else 0
        audio_in = round(sum(item.seconds for item in read) * USER_TOKENS_PER_SECOND)
        spoken_ms = sum(item.sound_ms for item in self.output)
        audio_out = spoken_ms * ASSISTANT_TOKENS_PER_SECOND // 1000
        self.usage = {
            "total_tokens": text_in + audio_in + text_out + audio_out,
            "input_tokens": text_in + audio_in,
            "output_tokens": text_out + audio_out,
            "input_token_details": {
                "text_tokens": text_in,
                "audio_tokens": audio_in,
                "image_tokens": 0,
                "cached_tokens": cached,
                "cached_tokens_details": {
                    "text_tokens": cached,
                    "audio_tokens": 0,
                    "image_tokens": 0,
                },
            },
            "output_token_details": {"text_tokens": text_out, "audio_tokens": audio_out},
        }
