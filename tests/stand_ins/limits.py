"""What the provider's request types do not say: models, voices, ranges, what excludes what."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from tests.stand_ins.typed import Refused

REALTIME_MODELS = (
    "gpt-realtime-2.1",
    "gpt-realtime-2.1-mini",
    "gpt-realtime-2",
    "gpt-realtime-1.5",
    "gpt-realtime",
    "gpt-realtime-2025-08-28",
    "gpt-realtime-mini",
)
VOICES = (
    "alloy",
    "ash",
    "ballad",
    "coral",
    "echo",
    "sage",
    "shimmer",
    "verse",
    "marin",
    "cedar",
)
SPEECH_MODELS = ("gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15", "tts-1", "tts-1-hd")
SPEECH_VOICES = (*VOICES, "fable", "onyx", "nova")
LISTING_TRANSCRIBERS = ("gpt-transcribe", "gpt-live-transcribe")
"""Those that take `languages` and `keywords`."""
TRANSCRIBERS = (
    *LISTING_TRANSCRIBERS,
    "gpt-realtime-whisper",
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-4o-transcribe-diarize",
)
AUDIO_TYPES = "flac mp3 mp4 mpeg mpga m4a ogg wav webm".split()
"""Endings of names of files that may be transcribed."""
FILE_LIMIT_BYTES = 25 * 1024 * 1024

_RANGES = {
    "audio.output.speed": (0.25, 1.5),
    "audio.input.turn_detection.threshold": (0.0, 1.0),
    "audio.input.turn_detection.idle_timeout_ms": (5000, 30000),
    "audio.input.turn_detection.prefix_padding_ms": (0, 5000),
    "audio.input.turn_detection.silence_duration_ms": (0, 10000),
    "truncation.retention_ratio": (0.0, 1.0),
    "max_output_tokens": (1, 4096),
}


def check_expiry(body: Mapping[str, Any]) -> int:
    """Seconds that a short-lived key is to live."""
    seconds = body.get("expires_after", {}).get("seconds", 600)
    _within(seconds, 10, 7200, "expires_after.seconds")
    return int(seconds)


def check_session(
    session: Mapping[str, Any], transcribers: Collection[str], path: str = "session"
) -> None:
    """Look at a session object that has the right types.

    Raises:
        Refused: something in it cannot be had.
    """
    for name, (low, high) in _RANGES.items():
        value = _at(session, name)
        if isinstance(value, int | float):
            _within(value, low, high, f"{path}.{name}")
    if len(session.get("output_modalities", ["audio"])) != 1:
        raise Refused("Choose ['audio'] or ['text'].", param=f"{path}.output_modalities")
    if session.get("prompt"):
        raise Refused("Reusable prompts are gone.", "unknown_parameter", f"{path}.prompt")
    voice = _at(session, "audio.output.voice")
    if isinstance(voice, str) and voice not in VOICES:
        raise Refused(f"Invalid value: '{voice}'.", param=f"{path}.audio.output.voice")
    if isinstance(voice, dict) and not voice["id"].startswith("voice_"):
        raise Refused("Invalid voice id.", param=f"{path}.audio.output.voice.id")
    transcription = _at(session, "audio.input.transcription")
    if transcription:
        check_transcription(transcription, transcribers, f"{path}.audio.input.transcription")
    for number, tool in enumerate(session.get("tools", [])):
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool.get("name", "mcp")):
            raise Refused("Invalid tool name.", param=f"{path}.tools[{number}].name")


def check_reasoning(session: Mapping[str, Any], model: str) -> None:
    """Some fields belong to some models."""
    for name in ("reasoning", "parallel_tool_calls"):
        if name in session and not model.startswith("gpt-realtime-2"):
            raise Refused(f"{model} has no {name}.", "unknown_parameter", f"session.{name}")


def check_transcription(wish: Mapping[str, Any], known: Collection[str], path: str) -> None:
    """How what is said is to be written down."""
    model = wish.get("model")
    # A deployment that is missing is told only when there is something to write down.
    if model is not None and known and model not in known:
        raise Refused(f"Invalid value: '{model}'.", param=f"{path}.model")
    if "language" in wish and "languages" in wish:
        raise Refused("Send language or languages.", param=f"{path}.language")
    for code in [wish["language"]] if "language" in wish else wish.get("languages", []):
        if not re.fullmatch(r"[a-z]{2,3}(-[a-z]{2})?", code):
            raise Refused(f"Invalid language '{code}'.", param=f"{path}.language")
    for name in ("languages", "keywords"):
        if name in wish and known and model not in LISTING_TRANSCRIBERS:
            raise Refused(f"{model} takes no {name}.", "unknown_parameter", f"{path}.{name}")
    if any(re.search(r"[<>\r\n]", word) for word in wish.get("keywords", [])):
        raise Refused("A keyword is one line without < and >.", param=f"{path}.keywords")
    if "delay" in wish and model not in ("gpt-realtime-whisper", "gpt-live-transcribe"):
        raise Refused(f"{model} takes no delay.", "unknown_parameter", f"{path}.delay")


def check_speech(wish: Mapping[str, Any], models: Collection[str]) -> None:
    """What is to be read aloud.

    Raises:
        Refused: it cannot be had.
    """
    if wish["model"] not in models:
        raise Refused(
            f"The model '{wish['model']}' does not exist.", "model_not_found", "model", 404
        )
    if not 1 <= len(wish["input"]) <= 4096:
        raise Refused("The input has 1 to 4096 characters.", "string_too_long", "input")
    if isinstance(wish["voice"], str) and wish["voice"] not in SPEECH_VOICES:
        raise Refused(f"Invalid value: '{wish['voice']}'.", param="voice")
    _within(wish.get("speed", 1.0), 0.25, 4.0, "speed")
    if wish["model"].startswith("tts-1") and {"instructions", "stream_format"} & set(wish):
        raise Refused("tts-1 takes no instructions.", "unknown_parameter", "instructions")


def has_path(session: Mapping[str, Any], path: str) -> bool:
    """Whether a session says anything at this path."""
    head, _, name = path.rpartition(".")
    holder = _at(session, head) if head else session
    return isinstance(holder, Mapping) and name in holder


def _at(session: Mapping[str, Any], path: str) -> Any:
    value: Any = session
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _within(value: float, low: float, high: float, path: str) -> None:
    if not low <= value <= high:
        raise Refused(f"'{path}' must be between {low:g} and {high:g}.", param=path)
