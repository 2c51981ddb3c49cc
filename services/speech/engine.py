"""The engine's voice (Piper), or another server's with the same API, as speech."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.speech.base import Utterance
from services.speech.sound import LIMIT_BYTES, check_type
from services.upstream.engine_api import EngineApi
from services.upstream.waiting import Listener

MODEL = "vivavoce-engine"
"""The engine has one; servers with several choose by this name."""


class EngineSpeech:
    """Speaks through `/v1/audio/speech`.

    Source: https://platform.openai.com/docs/api-reference/audio/createSpeech
    """

    name = "engine"
    speeds = (0.25, 4.0)

    def __init__(self, api: EngineApi) -> None:
        """Speak through this."""
        self._api = api

    def check(self) -> None:
        """See whether it can speak now."""
        self._api.check()

    def voices(self) -> Mapping[str, str]:
        """List its voices; the list is kept for a minute."""
        return {voice: voice for voice in self._api.offer().voices}

    def close(self) -> None:
        """Do nothing: others speak through the same API."""

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
            check_type(sound.content_type, utterance.audio_format)
            yield sound
