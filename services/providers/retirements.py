"""When models and endpoints end, and what stands in their place. Data, no questions asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Retirement:
    """The end of one model, or of several whose names are alike."""

    house: str
    """`openai` or `azure`."""
    model: str
    """Its id; a star at the end stands for anything."""
    on: date
    """The first day on which it does not answer any more."""
    successor: str
    """What the house names in its place."""
    note: str = ""
    """What else there is to know; a sentence."""


SPEECH_ENDS = (
    "All models of the speech endpoint end on this day; SPEECH_PROVIDER=realtime reads "
    "aloud with the successor."
)
RETIREMENTS = (
    # Source: openai 3.52, types/audio/speech_model.py, and
    # https://platform.openai.com/docs/deprecations
    Retirement("openai", "tts-1*", date(2027, 1, 6), "gpt-realtime-2.1-mini", SPEECH_ENDS),
    Retirement(
        "openai", "gpt-4o-mini-tts*", date(2027, 1, 6), "gpt-realtime-2.1-mini", SPEECH_ENDS
    ),
    # Source: openai 3.52, types/realtime/realtime_session_create_request_param.py
    Retirement("openai", "gpt-realtime", date(2027, 1, 20), "gpt-realtime-2.1"),
    Retirement("openai", "gpt-realtime-2025-08-28", date(2027, 1, 20), "gpt-realtime-2.1"),
    Retirement("openai", "gpt-realtime-mini*", date(2027, 1, 20), "gpt-realtime-2.1-mini"),
    Retirement("openai", "gpt-audio-mini*", date(2027, 1, 20), "gpt-realtime-2.1-mini"),
    # The beta API, the only one that these know, has been off since this day.
    Retirement("openai", "gpt-4o-realtime-preview*", date(2026, 5, 12), "gpt-realtime-2.1"),
    Retirement(
        "openai", "gpt-4o-mini-realtime-preview*", date(2026, 5, 12), "gpt-realtime-2.1-mini"
    ),
    # Source: openai 3.52, types/audio_model.py and types/realtime/audio_transcription.py
    Retirement("openai", "whisper-1", date(2027, 2, 26), "gpt-transcribe"),
    Retirement("openai", "gpt-4o-transcribe*", date(2027, 2, 26), "gpt-transcribe"),
    Retirement("openai", "gpt-4o-mini-transcribe*", date(2027, 2, 26), "gpt-transcribe"),
    # Source: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements,
    # the table of 2026-04-21. A deployment is known by its model only if it is named after it.
    Retirement("azure", "gpt-realtime-mini*", date(2026, 12, 15), "gpt-realtime-2.1-mini"),
    Retirement(
        "azure", "gpt-4o-mini-tts*", date(2026, 12, 15), "gpt-realtime-2.1-mini", SPEECH_ENDS
    ),
    Retirement("azure", "gpt-4o-mini-transcribe*", date(2026, 12, 15), "gpt-transcribe"),
    Retirement("azure", "gpt-realtime", date(2027, 2, 28), "gpt-realtime-2.1"),
)


def find_retirement(house: str, model: str) -> Retirement | None:
    """Give the end of a model; None: none is known."""
    for retirement in RETIREMENTS:
        if retirement.house == house and fnmatchcase(model, retirement.model):
            return retirement
    return None
