"""ElevenLabs: streamed sound, the voices of the account and those that you have made there."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote, urlencode

from services.errors import (
    ModelUnknown,
    ProviderBusy,
    ProviderError,
    ProviderForbidden,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
    QuotaUsed,
)
from services.speech.base import AudioFormat, Utterance
from services.speech.checking import Checked
from services.speech.sound import LIMIT_BYTES, check_sound, wav_head
from services.upstream.http import ANSWER_SECONDS, HttpApi, Reply, nonsense
from services.upstream.waiting import Listener

MODEL = "eleven_flash_v2_5"
"""The quickest; it begins to speak after some 75 ms.
Source: https://elevenlabs.io/docs/models"""
FORMATS: dict[AudioFormat, str] = {
    "pcm": "pcm_24000",
    "wav": "pcm_24000",
    "mp3": "mp3_44100_64",
    "opus": "opus_48000_64",
}
"""Source: https://elevenlabs.io/docs/api-reference/text-to-speech/stream (`output_format`)"""
LANGUAGES = frozenset(
    "ar bg cs da de el en es fi fr hi hr hu id it ja ko ms nl no pl pt ro ru sk sv ta tl tr uk vi "
    "zh".split()
)
"""Which the models of version 2.5 take; others find the language out by themselves."""
PAGE_SIZE = 100
"""Voices in one answer, the most that are given."""
MOST_PAGES = 5
OFFER_SECONDS = 300.0
"""How long the list of voices is believed."""
NAME_LENGTH = 60
"""Characters of a voice's name that are shown."""
NO_QUOTA = (
    "The quota of this server at ElevenLabs is used up. The person who runs it can raise it there."
)

log = logging.getLogger(__name__)


class ElevenLabsSpeech:
    """Speaks through `/v1/text-to-speech/…/stream`.

    Source: https://elevenlabs.io/docs/api-reference/text-to-speech/stream
    """

    name = "elevenlabs"
    speeds = (0.7, 1.2)
    """Source: https://elevenlabs.io/docs/best-practices/prompting/controls (speed)"""

    def __init__(
        self,
        url: str,
        api_key: str,
        model: str = MODEL,
        voice: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Speak with this account.

        Args:
            url: without a slash at its end.
            api_key: of the account, or one that may do no more than speak and list voices.
            model: its id.
            voice: id of the usual one, also one of your own; None takes the first of the list.
            seconds: without progress, after which an answer is given up.
        """
        self._url = url
        self._headers = {"xi-api-key": api_key}
        self._model = model
        self._own = voice
        self._http = HttpApi(seconds)
        self._listed: tuple[float, dict[str, str]] | None = None
        self._checked = Checked(self._list_one)

    def check(self) -> None:
        """See whether the key is good; it is asked once a minute at most."""
        self._checked()

    def voices(self) -> Mapping[str, str]:
        """List ids and names of the account's voices; the list is kept for minutes."""
        if self._listed is None or time.monotonic() - self._listed[0] > OFFER_SECONDS:
            try:
                found = self._list()
            except ProviderForbidden:
                # Keys can be made that may only speak.
                found = {self._own: self._own} if self._own else {}
            self._listed = (time.monotonic(), found)
        return self._listed[1]

    @contextmanager
    def speak(
        self, utterance: Utterance, listener: Listener | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Say something, in a language that is named where the model wants to know it."""
        voice = utterance.voice or self._own or next(iter(self.voices()), "")
        if not voice:
            raise ProviderRejected("There is no voice in this server's account at ElevenLabs.")
        slowest, fastest = self.speeds
        wish: dict[str, object] = {
            "text": utterance.text,
            "model_id": self._model,
            "voice_settings": {"speed": min(max(utterance.speed, slowest), fastest)},
        }
        if self._model.endswith("_v2_5") and utterance.language in LANGUAGES:
            wish["language_code"] = utterance.language
        query = urlencode({"output_format": FORMATS[utterance.audio_format]})
        with self._http.stream(
            "POST",
            f"{self._url}/v1/text-to-speech/{quote(voice, safe='')}/stream?{query}",
            headers=self._headers | {"Content-Type": "application/json"},
            content=json.dumps(wish).encode(),
            limit=LIMIT_BYTES,
            listener=listener,
        ) as sound:
            if isinstance(sound, Reply):
                raise to_error(sound)
            check_sound(sound.content_type)
            yield _headed(sound) if utterance.audio_format == "wav" else sound

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _list_one(self) -> None:
        try:
            self._page({"page_size": "1"})
        except ProviderForbidden:
            return  # a key that may only speak

    def _list(self) -> dict[str, str]:
        found: dict[str, str] = {self._own: self._own} if self._own else {}
        query = {"page_size": str(PAGE_SIZE)}
        for _ in range(MOST_PAGES):
            page = self._page(query)
            entries = page.get("voices")
            for entry in entries if isinstance(entries, list) else []:
                if isinstance(entry, dict) and isinstance(entry.get("voice_id"), str):
                    found[entry["voice_id"]] = str(entry.get("name") or "")[:NAME_LENGTH]
            token = page.get("next_page_token")
            if not page.get("has_more") or not isinstance(token, str):
                break
            query["next_page_token"] = token
        return {voice: name or voice for voice, name in found.items()}

    def _page(self, query: dict[str, str]) -> dict[str, object]:
        url = f"{self._url}/v2/voices?{urlencode(query)}"
        reply = self._http.ask("GET", url, headers=self._headers)
        if reply.status != 200:
            raise to_error(reply)
        return reply.json()


def to_error(reply: Reply) -> ProviderError:
    """Turn a refusal into an error of ours; its own words go to the log.

    Source: https://elevenlabs.io/docs/resources/errors, https://help.elevenlabs.io (error codes)
    """
    status, code = reply.status, _code(reply)
    log.warning("elevenlabs answered %d %s", status, code or "without a reason")
    if code == "quota_exceeded" or status == 402:
        return QuotaUsed(NO_QUOTA)
    if status == 403 or code in ("missing_permissions", "detected_unusual_activity"):
        return ProviderForbidden(
            "ElevenLabs does not let this server's key do this. The person who runs the server "
            "must allow it text to speech and reading voices, in the plan and in the key."
        )
    if status == 401:
        return ProviderRefused(
            "ElevenLabs refused the server's key. The person who runs this server must set "
            "ELEVENLABS_API_KEY to a key that is valid."
        )
    if code == "model_not_found":
        return ModelUnknown(
            "ElevenLabs has no such model. The person who runs this server must check SPEECH_MODEL."
        )
    if status in (400, 404, 413, 422):
        return ProviderRejected(_sentence(code), code)
    if status in (429, 503):
        return ProviderBusy("ElevenLabs is asked too often. Try again in a moment.")
    if status in (408, 500, 502, 504):
        return ProviderUnavailable(f"ElevenLabs failed (status {status}). Try again in a moment.")
    return nonsense(f"elevenlabs: status {status}")


def _code(reply: Reply) -> str:
    """Read `{"detail": {"status" or "code"}}`; "" where the body has no such thing."""
    try:
        detail = json.loads(reply.body)["detail"]
        return str(detail.get("code") or detail.get("status") or "")[:60]
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""


def _sentence(code: str) -> str:
    if code == "voice_not_found":
        return "ElevenLabs has no such voice in this server's account. Choose another one."
    return f"ElevenLabs cannot say this ({code or 'no reason was given'})."


def _headed(sound: Iterator[bytes]) -> Iterator[bytes]:
    head = wav_head()
    for piece in sound:
        yield head + piece
        head = b""
