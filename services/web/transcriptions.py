"""The route that writes down what was said: sound in, words out."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO, cast

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from services.calls.switchboard import FREE, NOTHING_LEFT
from services.errors import BudgetUsed, InvalidField, MalformedBody, WrongType
from services.transcription.base import Recording
from services.usage.cost import Counts
from services.usage.made import Made
from services.web.bodies import FILE_LIMIT, arriving, language_field, read_file
from services.web.cookies import require_user
from services.web.leaving import listener
from services.web.parts import parts

ENDINGS = {
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/vnd.wave": "wav",
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    # All that Safari's MediaRecorder made for years.
    "audio/mp4": "mp4",
}
"""Content types that are read, and the ending of their files."""
UNTOLD = "application/octet-stream"
"""What programs say that do not know their files; then the ending of the name counts."""

blueprint = Blueprint("transcriptions", __name__, url_prefix="/api/realtime")


@blueprint.post("/transcriptions")
def transcribe() -> Response:
    """Write down a recording."""
    user_id, begun = require_user(), parts().clock()
    language = language_field({"language": request.args.get("language")})
    recording = _read_form() if request.mimetype == "multipart/form-data" else _read_body()
    with recording.content:
        if not recording.content.read(1):
            raise InvalidField("file", "is empty")
        ears = parts().transcription
        is_paid = ears.name != FREE
        # Words cost little, and a call that went over to the engine needs them, too.
        if is_paid and not parts().book.live.may_spend(user_id, in_any_call=True):
            raise BudgetUsed(NOTHING_LEFT)
        language = language or parts().settings_of(user_id).language
        transcript = ears.transcribe(recording, language=language, listener=listener())
    if is_paid:
        heard = Made("transcription", ears.name, ears.model, Counts(seconds=transcript.seconds))
        parts().book.live.note_made(user_id, [heard], begun)
    return jsonify(
        text=transcript.text,
        language=transcript.language or language,
        seconds=round(transcript.seconds, 2),
    )


def _read_body() -> Recording:
    kind, name = _kind_of(request.mimetype, "")
    content = read_file()
    content.seek(0)
    return Recording(content, kind, name)


def _read_form() -> Recording:
    with arriving():
        file = request.files.get("file")
    if file is None:
        if not request.files and not request.form:
            raise MalformedBody("The form cannot be read; send the sound in its field 'file'.")
        raise InvalidField("file", "is missing")
    kind, name = _kind_of(file.mimetype, file.filename or "")
    if file.stream.seek(0, 2) > FILE_LIMIT:
        raise RequestEntityTooLarge
    file.stream.seek(0)
    return Recording(cast(BinaryIO, file.stream), kind, name)


def _kind_of(content_type: str, name: str) -> tuple[str, str]:
    """Give a content type that is read here, and a file name for it.

    Raises:
        WrongType: it is not read.
    """
    if content_type == UNTOLD:
        ending = PurePath(name).suffix.removeprefix(".").lower()
        content_type = next((kind for kind, known in ENDINGS.items() if known == ending), UNTOLD)
    if content_type not in ENDINGS:
        raise WrongType("Send the sound as audio/wav, audio/webm, audio/ogg or audio/mp4.")
    return content_type, f"speech.{ENDINGS[content_type]}"
