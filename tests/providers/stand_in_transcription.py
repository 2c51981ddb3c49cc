"""`/audio/transcriptions` of OpenAI, Azure and a compatible server, as strict as the real ones.

Which fields there are comes from the types of the `openai` package.
"""

from __future__ import annotations

import time
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import PurePath

from openai.types.audio.transcription_create_params import TranscriptionCreateParamsBase

from tests.providers.http_stand_in import HttpStandIn, StandInHandler
from tests.providers.stand_in_audio import Audio, pause

KEY = "sk-key-of-the-house"
FIELDS = set(TranscriptionCreateParamsBase.__annotations__)
ENDINGS = {"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"}
PATHS = {
    "openai": "/v1/audio/transcriptions",
    "azure": "/openai/v1/audio/transcriptions",
    "compatible": "/v1/audio/transcriptions",
}
MODELS = {"openai": "gpt-transcribe", "azure": "our-ears", "compatible": "whisper-1"}


class _Handler(StandInHandler):
    stand_in: StandInTranscription

    def respond(self) -> None:
        """Answer a request of which nobody wished a failure."""
        return self._list() if self.command == "GET" else self._transcribe()

    def _list(self) -> None:
        if not self._is_signed():
            return self._refuse(401, "Incorrect API key provided.", "invalid_api_key")
        if self.path != PATHS[self.stand_in.house].replace("audio/transcriptions", "models"):
            return self._refuse(404, "no such address", "not_found")
        model = {"id": self.stand_in.model, "object": "model", "created": 1, "owned_by": "x"}
        return self.answer({"object": "list", "data": [model]})

    def _transcribe(self) -> None:
        refusal = self._look()
        if refusal is not None:
            return self._refuse(*refusal)
        form = _read_form(self.headers["Content-Type"], self.body)[0]
        self.stand_in.audio.uploads.append({name: values[0] for name, values in form.items()})
        try:
            pause(self, self.stand_in.audio.head_seconds)
        except ConnectionError:
            self.stand_in.audio.left.put(time.monotonic())
            self.close_connection = True
            return None
        return self.answer(self.stand_in.written(form))

    def _is_signed(self) -> bool:
        if self.stand_in.house == "azure":
            return self.headers.get("api-key") == KEY and "Authorization" not in self.headers
        return self.headers.get("Authorization") == f"Bearer {KEY}"

    def _look(self) -> tuple[int, str, str] | None:
        """Say what is wrong with a request, if anything is."""
        if not self._is_signed():
            return 401, "Incorrect API key provided.", "invalid_api_key"
        if self.path != PATHS[self.stand_in.house]:
            return 404, f"no address {self.path}", "not_found"
        if self.headers.get_content_type() != "multipart/form-data":
            return 415, "not a form", "unsupported_content_type"
        form, name = _read_form(self.headers["Content-Type"], self.body)
        return self._look_at_form(form, name)

    def _look_at_form(
        self, form: dict[str, list[bytes]], file_name: str
    ) -> tuple[int, str, str] | None:
        unknown = {name.removesuffix("[]") for name in form} - FIELDS
        if unknown:
            return 400, f"Unknown parameter: {unknown}", "unknown_parameter"
        if form.get("model") != [self.stand_in.model.encode()]:
            return 404, "The model does not exist.", "model_not_found"
        if "language" in form and "languages[]" in form:
            return 400, "Send one of language and languages.", "invalid_value"
        if self.stand_in.model == "gpt-transcribe" and "language" in form:
            return 400, "This model takes languages.", "unsupported_value"
        if self.stand_in.model == "gpt-transcribe" and form.get("response_format") != [b"json"]:
            return 400, "response_format must be json.", "unsupported_value"
        if PurePath(file_name).suffix.removeprefix(".") not in ENDINGS or not form["file"][0]:
            return 400, "Unrecognized file format.", "invalid_value"
        if form["file"][0].startswith(b"no sound"):
            return 400, "The file holds no sound that can be read.", "invalid_audio"
        return None

    def _refuse(self, status: int, message: str, code: str) -> None:
        self.stand_in.refused.append(message)
        self.answer(self.stand_in.error(message, code), status)


class StandInTranscription(HttpStandIn):
    """One house."""

    handler = _Handler

    def __init__(self, house: str) -> None:
        """Be `openai`, `azure` or `compatible`."""
        super().__init__()
        self.house = house
        self.model = MODELS[house]
        self.audio = Audio()
        self.refused: list[str] = []
        """Why requests were refused, in order."""

    def written(self, form: dict[str, list[bytes]]) -> dict[str, object]:
        """Say what was said, in the house's own way."""
        hint = form.get("languages[]", form.get("language", [b"en"]))[0].decode()
        if self.house == "compatible":
            # Many know Whisper's answer only: the language is spelled out, there is no usage.
            return {"text": self.audio.text, "duration": 1.5, "language": hint}
        usage: dict[str, object] = {"type": "duration", "seconds": 1.5}
        if self.house == "azure":
            usage = {
                "type": "tokens",
                "input_tokens": 15,
                "output_tokens": 6,
                "total_tokens": 21,
                "input_token_details": {"audio_tokens": 15, "text_tokens": 0},
            }
        return {"text": self.audio.text, "usage": usage, "languages": [{"code": hint}]}


def _read_form(content_type: str, body: bytes) -> tuple[dict[str, list[bytes]], str]:
    """Give the fields, each with all of its values, and the name of the file."""
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    fields: dict[str, list[bytes]] = {}
    name = ""
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        assert part.get_content_disposition() == "form-data" and isinstance(content, bytes)
        fields.setdefault(str(part.get_param("name", header="content-disposition")), []).append(
            content
        )
        name = part.get_filename() or name
    return fields, name
