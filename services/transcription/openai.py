"""OpenAI's `/audio/transcriptions`, Azure's, or that of any compatible server, as transcription."""

from __future__ import annotations

import io
import json
import math
import time
import wave
from typing import Any

from openai import OpenAI

from services.errors import (
    ModelUnknown,
    ProviderForbidden,
    ProviderProtocolError,
    ProviderRejected,
)
from services.transcription.base import Recording, Transcript
from services.upstream.openai_api import OpenAiApi
from services.upstream.waiting import Listener
from services.usage.cost import MOST_SECONDS

SECONDS = 60.0
"""For an answer: 25 MB take a while to get there."""
GOOD_SECONDS = 60.0
"""How long a service is believed to be well."""
SEVERAL_LANGUAGES = "gpt-transcribe"
"""Models whose name begins so take `languages` instead of `language`.

Source: https://developers.openai.com/api/docs/guides/speech-to-text
"""
AUDIO_TOKENS_PER_SECOND = 10
"""One for 100 ms of somebody's voice.

Source: https://developers.openai.com/api/docs/guides/voice-latency-cost
"""


class OpenAiTranscription:
    """Writes down through the official client.

    Source: https://platform.openai.com/docs/api-reference/audio/createTranscription
    """

    def __init__(self, name: str, api: OpenAiApi, model: str, *, paid_as: str) -> None:
        """Ask this house for this model; on Azure that is the name of a deployment."""
        self.name = name
        self.model = paid_as
        self._api = api
        self._model = model
        self._good_until = 0.0

    def check(self) -> None:
        """See whether it answers, and takes our key; it is asked once a minute at most."""
        if time.monotonic() < self._good_until:
            return
        try:
            self._api.ask(lambda client: client.models.list())
        except (ModelUnknown, ProviderForbidden, ProviderRejected):
            pass  # It answers. Not every server lists its models, nor every key may see the list.
        self._good_until = time.monotonic() + GOOD_SECONDS

    def transcribe(
        self, recording: Recording, *, language: str | None, listener: Listener | None = None
    ) -> Transcript:
        """Write down a recording; it is sent as it lies in its file."""
        hint = self._hint(language)
        try:
            answer = self._send(recording, hint, listener)
        except ProviderRejected as refusal:
            # Behind the name of a deployment may be a model that wants it said otherwise.
            if refusal.param.partition("[")[0] not in hint:
                raise
            answer = self._send(recording, {}, listener)
        return _transcript(answer, recording)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _send(
        self, recording: Recording, hint: dict[str, Any], listener: Listener | None
    ) -> dict[str, Any]:
        def work(client: OpenAI) -> bytes:
            recording.content.seek(0)
            return client.audio.transcriptions.with_raw_response.create(
                file=(recording.name, recording.content, recording.content_type),
                model=self._model,
                # The one format that every model and every compatible server has.
                response_format="json",
                **hint,
            ).content

        return _read(self._api.ask(work, seconds=SECONDS, listener=listener))

    def _hint(self, language: str | None) -> dict[str, Any]:
        if language is None:
            return {}
        if self._model.startswith(SEVERAL_LANGUAGES):
            return {"languages": [language]}
        return {"language": language}


def _read(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise _nonsense() from error
    if not isinstance(answer, dict):
        raise _nonsense()
    return answer


def _transcript(answer: dict[str, Any], recording: Recording) -> Transcript:
    text = answer.get("text")
    told = _told_seconds(answer)
    if not isinstance(text, str) or not isinstance(told, int | float | None):
        raise _nonsense()
    seconds = told if told and 0 < told < math.inf else _wav_seconds(recording)
    return Transcript(text.strip(), _language(answer), float(seconds))


def _told_seconds(answer: dict[str, Any]) -> object:
    """Find the length of the recording where the service tells it."""
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return answer.get("duration")
    if usage.get("type") == "duration":
        return usage.get("seconds")
    details = usage.get("input_token_details")
    tokens = details.get("audio_tokens") if isinstance(details, dict) else None
    return tokens / AUDIO_TOKENS_PER_SECOND if isinstance(tokens, int) else None


def _wav_seconds(recording: Recording) -> float:
    """Read the length from the file, if it is WAV, as the page's are; else 0.

    Its header may say anything, so no more is believed than there are bytes, nor than two hours.
    """
    size = recording.content.seek(0, io.SEEK_END)
    recording.content.seek(0)
    try:
        with wave.open(recording.content) as sound:
            held = size // (sound.getnchannels() * sound.getsampwidth())
            seconds = min(sound.getnframes(), held) / sound.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0
    return float(min(seconds, MOST_SECONDS))


def _language(answer: dict[str, Any]) -> str | None:
    """Take the first language that was heard; `gpt-transcribe` lists codes, others give one."""
    found = answer.get("language")
    languages = answer.get("languages")
    if isinstance(languages, list) and languages:
        first = languages[0]
        found = first.get("code") if isinstance(first, dict) else first
    return found if isinstance(found, str) and len(found) == 2 else None


def _nonsense() -> ProviderProtocolError:
    return ProviderProtocolError("The words could not be written down. Say it again.")
