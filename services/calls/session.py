"""From what a person asked for to the provider's session object. Pure.

Source: https://platform.openai.com/docs/api-reference/realtime-client-events/session
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.errors import InvalidField
from services.personas import compose_instructions
from services.providers.base import Capabilities, transcription_wish
from services.settings import MODES, Settings

TRANSPORTS = ("webrtc", "websocket")
SESSION_FIELDS = {
    "turn_detection": (
        "talk",
        "turn_detection",
        "eagerness",
        "vad_threshold",
        "vad_silence_ms",
        "vad_prefix_ms",
    ),
    "transcription": ("language",),
    "speed": ("speed",),
}
"""Fields of a native session that may be changed while it goes on, and the settings behind them."""


@dataclass(frozen=True)
class CallRequest:
    """What the page asks for; what is None comes from the settings."""

    mode: str | None = None
    voice: str | None = None
    """In text mode no part of the session: whoever reads aloud is asked for it."""
    language: str | None = None
    """ISO-639-1."""
    instructions: str | None = None
    model: str | None = None
    conversation_id: str | None = None
    transport: str | None = None


@dataclass(frozen=True)
class ModeOffer:
    """A mode, and whether one may talk in it here."""

    name: str
    label: str
    reason: str
    """Why it is not available; empty if it is."""

    @property
    def available(self) -> bool:
        """Say whether it may be chosen."""
        return not self.reason


def offer_modes(allowed: Collection[str], abilities: Capabilities) -> tuple[ModeOffer, ...]:
    """Look at all modes: those that the operator allows and the provider can do are available."""

    def reason(mode: str) -> str:
        if mode not in allowed:
            return f"{MODES[mode]} is switched off on this server."
        if mode not in abilities.modes:
            return f"Whoever answers calls here cannot do {MODES[mode].lower()}."
        return ""

    return tuple(ModeOffer(mode, label, reason(mode)) for mode, label in MODES.items())


def choose_mode(asked: str | None, wanted: str | None, offers: Collection[ModeOffer]) -> str:
    """Take the mode that was asked for, else the one in the settings, else the first on offer.

    A mode in the settings that is not on offer any more is passed over.

    Raises:
        InvalidField: what was asked for cannot be had.
    """
    available = [offer.name for offer in offers if offer.available]
    if asked is not None and asked not in available:
        reasons = [offer.reason for offer in offers if offer.name == asked]
        why = reasons[0] if reasons else f"There is no mode {asked!r}."
        instead = f" Choose {' or '.join(available)}." if available else ""
        raise InvalidField("mode", why + instead)
    if not available:
        raise InvalidField("mode", " ".join(offer.reason for offer in offers))
    return asked or (wanted if wanted in available else None) or available[0]


def choose_transport(asked: str | None, abilities: Capabilities) -> str:
    """Take the way of sound and events that was asked for, else WebRTC.

    Raises:
        InvalidField: there is no such way, or the provider has it not.
    """
    transport = asked or "webrtc"
    if transport not in TRANSPORTS:
        raise InvalidField("transport", f"must be {' or '.join(TRANSPORTS)}")
    if transport not in abilities.transports:
        why = abilities.why_not.get("transports", "whoever answers calls here cannot do it")
        raise InvalidField("transport", why)
    return transport


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
    mode: str,
    request: CallRequest,
    settings: Settings,
    capabilities: Capabilities,
    tools: Sequence[Mapping[str, object]] = (),
) -> dict[str, object]:
    """Build the session object of a call; `tools` are what the model may call.

    Raises:
        InvalidField: the provider has no such model or voice.
    """
    instructions = request.instructions
    if instructions is None:
        instructions = compose_instructions(settings.persona, settings.instructions)
    session: dict[str, object] = {
        "type": "realtime",
        "model": choose_model(request.model, capabilities),
        "instructions": instructions,
    }
    if tools and capabilities.tools:
        session["tools"] = list(tools)
    if mode == "text":
        # The browser listens and reads aloud by itself: no sound goes either way.
        silence = {"input": {"turn_detection": None}}
        return session | {"output_modalities": ["text"], "audio": silence}
    voice = _voice(request.voice, settings.voice_native, capabilities)
    return session | {
        "output_modalities": ["audio"],
        "audio": {
            "input": {
                "transcription": transcription_wish(
                    capabilities.transcription_model, request.language or settings.language
                ),
                "turn_detection": _turn_detection(settings, capabilities),
            },
            "output": {"speed": settings.speed} | ({"voice": voice} if voice else {}),
        },
    }


def build_update(
    changed: Collection[str], settings: Settings, capabilities: Capabilities
) -> dict[str, object] | None:
    """Build what a native call that is going on must be told of changed settings; None: nothing."""
    fields = {
        field
        for field, names in SESSION_FIELDS.items()
        if field in capabilities.live and not set(names).isdisjoint(changed)
    }
    heard: dict[str, object] = {}
    if "turn_detection" in fields:
        heard["turn_detection"] = _turn_detection(settings, capabilities)
    if "transcription" in fields:
        heard["transcription"] = transcription_wish(
            capabilities.transcription_model, settings.language
        )
    spoken = {"speed": settings.speed} if "speed" in fields else {}
    audio = {name: part for name, part in (("input", heard), ("output", spoken)) if part}
    return {"type": "realtime", "audio": audio} if audio else None


def _voice(asked: str | None, wanted: str | None, capabilities: Capabilities) -> str | None:
    """Take the voice that was asked for; one in the settings that is gone is passed over."""
    known = capabilities.voices
    if asked and known and asked not in known:
        raise InvalidField(
            "voice", f"there is no voice {asked!r} here; choose one of: {', '.join(known)}"
        )
    return asked or (wanted if not known or wanted in known else None)


def _turn_detection(settings: Settings, capabilities: Capabilities) -> dict[str, object] | None:
    """Say who finds the end of a turn; None: a button or a key does."""
    if settings.talk != "open":
        return None
    kind = settings.turn_detection
    if kind not in capabilities.turn_detection:
        kind = capabilities.turn_detection[0]
    if kind == "semantic":
        return {"type": "semantic_vad", "eagerness": settings.eagerness}
    return {
        "type": "server_vad",
        "threshold": settings.vad_threshold,
        "silence_duration_ms": settings.vad_silence_ms,
        "prefix_padding_ms": settings.vad_prefix_ms,
    }
