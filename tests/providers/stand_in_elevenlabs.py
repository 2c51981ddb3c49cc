"""ElevenLabs: streamed speech and the list of voices, as strict as the real one.

Source: https://elevenlabs.io/docs/api-reference/text-to-speech/stream and …/voices/search
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from services.speech.elevenlabs import MODEL
from tests.providers.stand_in_audio import Audio, send_sound
from tests.providers.stand_in_house import HouseHandler, StandInHouse

KEY = "sk_0123456789abcdef"
ROUTE = re.compile(r"/v1/text-to-speech/([A-Za-z0-9]+)/stream")
FIELDS = {"text", "model_id", "voice_settings", "language_code"}
TYPES = {
    "pcm_24000": "audio/pcm",
    "mp3_44100_64": "audio/mpeg",
    "opus_48000_64": "audio/ogg",
}
OWN_VOICE = "OwnVoice000000000001"
"""Made by the account's owner; this one is not in the list."""
LISTED = [
    {"voice_id": "JBFqnCBsd6RMkjVDRZzb", "name": "George", "category": "premade"},
    {"voice_id": "EXAVITQu4vr4xnSDxMaL", "name": "Sarah", "category": "premade"},
    {"voice_id": "ClonedVoice000000002", "name": "Ada", "category": "cloned"},
]


class ElevenLabsHandler(HouseHandler):
    """Answers `/v2/voices` and `/v1/text-to-speech/…/stream`."""

    stand_in: StandInElevenLabs

    def respond(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if self.headers.get_all("xi-api-key") != [KEY] or "Authorization" in self.headers:
            return self.refuse(401, "Invalid API key", "invalid_api_key")
        if (self.command, url.path) == ("GET", "/v2/voices"):
            return self._list(query)
        route = ROUTE.fullmatch(url.path)
        if self.command != "POST" or not route:
            return self.refuse(404, "Not Found")
        return self._speak(route[1], query)

    def _list(self, query: dict[str, str]) -> None:
        if not self.stand_in.may_list:
            return self.refuse(401, "The key may not read voices.", "missing_permissions")
        if set(query) - {"page_size", "next_page_token"} or int(query["page_size"]) > 100:
            return self.refuse(422, "bad query")
        begin = int(query.get("next_page_token", 0))
        end = begin + min(int(query["page_size"]), self.stand_in.page_size)
        page = {"voices": LISTED[begin:end], "has_more": end < len(LISTED), "total_count": 3}
        return self.answer(page | {"next_page_token": str(end) if end < len(LISTED) else None})

    def _speak(self, voice: str, query: dict[str, str]) -> None:
        audio, wish = self.stand_in.audio, json.loads(self.body)
        if set(query) != {"output_format"} or query["output_format"] not in TYPES:
            return self.refuse(400, "bad output_format", "invalid_output_format")
        if set(wish) - FIELDS or set(wish["voice_settings"]) != {"speed"} or not wish["text"]:
            return self.refuse(422, f"wrong fields: {sorted(wish)}")
        if voice not in (OWN_VOICE, *(entry["voice_id"] for entry in LISTED)):
            return self.refuse(404, "A voice with this id was not found.", "voice_not_found")
        if wish["model_id"] != MODEL:
            return self.refuse(400, "no such model", "model_not_found")
        speed = wish["voice_settings"]["speed"]
        if not 0.7 <= speed <= 1.2:
            return self.refuse(400, "speed is out of range", "invalid_voice_settings")
        if wish.get("language_code", "en") not in ("en", "de"):
            return self.refuse(400, "no such language", "unsupported_language")
        audio.spoken.append(
            {
                "input": wish["text"],
                "voice": voice,
                "speed": speed,
                "response_format": query["output_format"],
                "language": wish.get("language_code"),
            }
        )
        audio.connections.append(self.client_address)
        plan = self.stand_in.sound_of
        try:
            send_sound(self, TYPES[query["output_format"]], plan(wish["text"]) if plan else audio)
        except ConnectionError:
            audio.left.put(time.monotonic())
            self.close_connection = True


class StandInElevenLabs(StandInHouse):
    """The account of somebody who has made a voice."""

    handler = ElevenLabsHandler
    formats = {
        "pcm": "pcm_24000",
        "wav": "pcm_24000",
        "mp3": "mp3_44100_64",
        "opus": "opus_48000_64",
    }
    voices = {OWN_VOICE: OWN_VOICE} | {str(each["voice_id"]): str(each["name"]) for each in LISTED}
    page_size = 2
    """Voices that it gives at once, whatever is asked for."""
    may_list = True
    """The key may read voices."""
    sound_of: Callable[[str], Audio] | None = None
    """How a text sounds; None: always the same."""

    @staticmethod
    def error(message: str, code: str) -> dict[str, object]:
        """An error as it spells them."""
        return {"detail": {"status": code, "message": message}}
