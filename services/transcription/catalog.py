"""Makes the ears that the operator chose."""

from __future__ import annotations

from collections.abc import Callable

from services.transcription.base import Transcription
from services.transcription.engine import EngineTranscription
from services.upstream.engine_api import EngineApi


def make_transcription(name: str, engine: EngineApi) -> Transcription:
    """Make one by its name in `TRANSCRIPTION_PROVIDER`.

    Raises:
        KeyError: config.py accepts a name that has no ears.
    """
    ears: dict[str, Callable[[], Transcription]] = {"engine": lambda: EngineTranscription(engine)}
    return ears[name]()
