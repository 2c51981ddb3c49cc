"""From what a person asked for to the provider's session object. Pure.

Source: https://platform.openai.com/docs/api-reference/realtime-client-events/session
"""

from __future__ import annotations

from dataclasses import dataclass

from services.errors import InvalidField
from services.providers.base import Capabilities
from services.settings import Settings

TRANSCRIPTION_MODEL = "whisper-1"
"""The name that every server of this API knows; the engine writes down with its own model."""


@dataclass(frozen=True)
class CallRequest:
    """What the page asks for; what is None comes from the settings."""

    mode: str | None = None
    voice: str | None = None
    language: str | None = None
    """ISO-639-1."""
    instructions: str | None = None
    model: str | None = None
    conversation_id: str | None = None
    transport: str | None = None


def choose_mode(asked: str | None, offered: tuple[str, ...]) -> str:
    """Take the mode that was asked for, or the first on offer.

    Raises:
        InvalidField: it is not on offer.
    """
    if asked is None:
        return offered[0]
    if asked not in offered:
        raise InvalidField("mode", f"{asked} is not on offer here; choose {' or '.join(offered)}")
    return asked


def choose_model(asked: str | None, capabilities: Capabilities) -> str:
    """Take the model that was asked for, or the provider's first.

    Raises:
        InvalidField: the provider has no such model, or none at all.
    """
    if asked is None and not capabilities.models:
        raise InvalidField("model", "the provider names no model; name one")
    model = asked or capabilities.models[0]
    if capabilities.models and model not in capabilities.models:
        known = ", ".join(capabilities.models)
        raise InvalidField("model", f"there is no model {model!r} here; choose one of: {known}")
    return model


def build_session(
    request: CallRequest, settings: Settings, capabilities: Capabilities
) -> dict[str, object]:
    """Build the session object of a call in native mode.

    Raises:
        InvalidField: the provider has no such model or voice.
    """
    voice = request.voice or settings.voice
    if voice and capabilities.voices and voice not in capabilities.voices:
        known = ", ".join(capabilities.voices)
        raise InvalidField("voice", f"there is no voice {voice!r} here; choose one of: {known}")
    language = request.language or settings.language
    instructions = request.instructions
    return {
        "type": "realtime",
        "model": choose_model(request.model, capabilities),
        "instructions": settings.instructions if instructions is None else instructions,
        "output_modalities": ["audio"],
        "audio": {
            "input": {
                "transcription": {"model": TRANSCRIPTION_MODEL}
                | ({"language": language} if language else {}),
                "turn_detection": {"type": "semantic_vad", "eagerness": "auto"},
            },
            "output": {"speed": settings.speed} | ({"voice": voice} if voice else {}),
        },
    }
