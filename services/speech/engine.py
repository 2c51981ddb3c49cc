"""The engine's voice (Piper), or another server's with the same API, as speech."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from services.speech.base import AudioFormat, Utterance
from services.upstream.engine_api import EngineApi
from services.upstream.http import nonsense
from services.upstream.waiting import Listener

MODEL = "vivavoce-engine"
"""The engine has one; servers with several choose by this name."""
LIMIT_BYTES = 64 * 1024 * 1024
"""Of one answer: 22 minutes of PCM, which 4,096 characters never take."""
TYPES: dict[AudioFormat, tuple[str, ...]] = {
    "pcm": ("audio/pcm",),
    "wav": ("audio/wav", "audio/x-wav"),
    "mp3": ("audio/mpeg",),
    "opus": ("audio/ogg", "audio/opus"),
}
UNTOLD = "application/octet-stream"
"""What servers say that do not look into what they send."""


class EngineSpeech:
    """Speaks through `/v1/audio/speech`.

    Source: https://platform.openai.com/docs/api-reference/audio/createSpeech
    """

    name = "engine"

    def __init__(self, api: EngineApi) -> None:
        """Speak through this."""
        self._api = api

    def check(self) -> None:
        """See whether it can speak now."""
        self._api.check()

    def voices(self) -> tuple[str, ...]:
        """Name its voices; the list is kept for a minute."""
        return self._api.offer().voices

    @contextmanager
    def speak(
        self, utterance: Utterance, listener: Listener | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Say something in the one language of the voice."""
        wish: dict[str, object] = {
            "model": MODEL,
            "input": utterance.text,
            "speed": utterance.speed,
            "response_format": utterance.audio_format,
        }
        if utterance.voice is not None:
            wish["voice"] = utterance.voice
        body = json.dumps(wish).encode()
        with self._api.stream(
            "/v1/audio/speech", body, limit=LIMIT_BYTES, listener=listener
        ) as sound:
            kind = sound.content_type.partition(";")[0].strip().lower()
            if kind not in (*TYPES[utterance.audio_format], UNTOLD):
                # Played as if it were sound, it would hurt.
                raise nonsense(f"{sound.content_type!r} instead of {utterance.audio_format}")
            yield sound
