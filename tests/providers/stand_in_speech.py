"""`/audio/speech` of OpenAI, Azure and a compatible server, as strict as the real ones.

Which fields there are, and which voices and formats, comes from the types of the `openai` package.
"""

from __future__ import annotations

import json
import time
from typing import get_args, get_type_hints

from openai.types.audio.speech_create_params import SpeechCreateParams

from services.speech.catalog import MODEL, MODEL_ELSEWHERE
from services.speech.openai import VOICES
from tests.providers.stand_in_audio import send_sound
from tests.providers.stand_in_house import HouseHandler, StandInHouse

KEY = "sk-key-of-the-house"
FIELDS = set(SpeechCreateParams.__annotations__)
REQUIRED = SpeechCreateParams.__required_keys__
SPOKEN_FORMATS = {
    name: name for name in ("pcm", "wav", "mp3", "opus")
    if name in get_args(get_type_hints(SpeechCreateParams)["response_format"])
}  # fmt: skip
TYPES = {"pcm": "audio/pcm", "wav": "audio/wav", "mp3": "audio/mpeg", "opus": "audio/opus"}
OWN_VOICE = "voice_ada"


class SpeechHandler(HouseHandler):
    """Answers `/models` and `/audio/speech`."""

    stand_in: StandInSpeech

    def respond(self) -> None:
        house = self.stand_in
        if not house.may_enter(self):
            return self.refuse(
                401, f"Incorrect API key provided: {KEY[:6]}****.", "invalid_api_key"
            )
        path = self.path.removeprefix(house.root)
        if (self.command, path) == ("GET", "/models"):
            return self.answer({"object": "list", "data": []})
        if (self.command, path) == ("GET", "/audio/voices") and house.listed is not None:
            return self.answer({"voices": house.listed})
        if (self.command, path) != ("POST", "/audio/speech"):
            return self.refuse(404, f"Invalid URL ({self.command} {self.path})")
        return self._speak()

    def _speak(self) -> None:
        house, wish = self.stand_in, json.loads(self.body)
        if self.headers["Content-Type"] != "application/json":
            return self.refuse(415, "not JSON", "unsupported_content_type")
        if set(wish) - FIELDS or not set(wish) >= REQUIRED:
            return self.refuse(400, f"wrong parameters: {sorted(wish)}", "unknown_parameter")
        if wish["model"] != house.model:
            return self.refuse(404, f"no model {wish['model']}", "model_not_found")
        voice = wish["voice"]["id"] if isinstance(wish["voice"], dict) else wish["voice"]
        is_known = voice in house.speakers and isinstance(wish["voice"], dict) == (
            voice == OWN_VOICE
        )
        if not (
            is_known
            and 0 < len(wish["input"]) <= 4096
            and 0.25 <= wish.get("speed", 1) <= 4
            and wish.get("response_format", "mp3") in SPOKEN_FORMATS
        ):
            return self.refuse(400, "a value is out of range", "invalid_value")
        house.audio.spoken.append(wish | {"voice": voice})
        house.audio.connections.append(self.client_address)
        try:
            send_sound(self, TYPES[wish.get("response_format", "mp3")], house.audio)
        except ConnectionError:
            house.audio.left.put(time.monotonic())
            self.close_connection = True


class StandInSpeech(StandInHouse):
    """OpenAI."""

    handler = SpeechHandler
    root = "/v1"
    model = MODEL
    formats = SPOKEN_FORMATS
    voices = {OWN_VOICE: OWN_VOICE} | {voice: voice for voice in VOICES}
    speakers: tuple[str, ...] = tuple(voices)
    """Voices that it has, whether they are listed or not."""
    listed: list[object] | None = None
    """What `/audio/voices` says, which only compatible servers have."""

    def may_enter(self, request: HouseHandler) -> bool:
        """See whether a request is signed as it must be, and only so."""
        return request.headers.get_all("Authorization") == [f"Bearer {KEY}"]


class StandInAzureSpeech(StandInSpeech):
    """Azure, where a deployment is the model, and no version is named."""

    root = "/openai/v1"
    model = "our-voice"

    def may_enter(self, request: HouseHandler) -> bool:
        has_bearer = "Authorization" in request.headers
        return request.headers.get_all("api-key") == [KEY] and not has_bearer


class StandInCompatibleSpeech(StandInSpeech):
    """A server of somebody's own, which lists its voices."""

    model = MODEL_ELSEWHERE
    voices = {"af_heart": "af_heart", "af_sky": "Sky"}
    speakers = tuple(voices)
    listed = ["af_heart", {"id": "af_sky", "name": "Sky"}]
