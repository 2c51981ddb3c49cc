"""The engine's ears (Whisper), or another server's with the same API, as transcription."""

from __future__ import annotations

from services.errors import ProviderProtocolError
from services.transcription.base import Recording, Transcript
from services.upstream.engine_api import EngineApi, to_error
from services.upstream.http import Files
from services.upstream.waiting import Listener

MODEL = b"vivavoce-engine"
"""The engine has one; servers with several choose by this name."""
SECONDS = 60.0
"""For an answer. Whisper reads half an hour of speech, the longest it takes, in about this time."""
MOST_LETTERS = 2
"""Of a language's code. Some services spell the language out, as in "english"."""


class EngineTranscription:
    """Writes down through `/v1/audio/transcriptions`.

    Source: https://platform.openai.com/docs/api-reference/audio/createTranscription
    """

    name = "engine"
    model = "vivavoce-engine"

    def __init__(self, api: EngineApi) -> None:
        """Listen through this."""
        self._api = api

    def check(self) -> None:
        """See whether it can write down now."""
        self._api.check()

    def transcribe(
        self, recording: Recording, *, language: str | None, listener: Listener | None = None
    ) -> Transcript:
        """Write down a recording; it is sent as it lies in its file."""
        recording.content.seek(0)
        fields: Files = {
            "model": (None, MODEL),
            "response_format": (None, b"verbose_json"),
            "file": (recording.name, recording.content, recording.content_type),
        }
        if language is not None:
            fields["language"] = (None, language.encode())
        reply = self._api.ask(
            "POST", "/v1/audio/transcriptions", files=fields, seconds=SECONDS, listener=listener
        )
        if reply.status != 200:
            raise to_error(reply)
        return _transcript(reply.json())

    def close(self) -> None:
        """Do nothing: others speak through the same API."""


def _transcript(answer: dict[str, object]) -> Transcript:
    text, language, seconds = (answer.get(key) for key in ("text", "language", "duration"))
    if not isinstance(text, str) or not isinstance(seconds, int | float | None):
        raise ProviderProtocolError("The words could not be written down. Say it again.")
    is_code = isinstance(language, str) and len(language) <= MOST_LETTERS
    return Transcript(text.strip(), str(language) if is_code else None, float(seconds or 0))
