"""The route that reads aloud: text in, sound out while it is made."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

from flask import Blueprint, Response, request

from services.calls.switchboard import FREE, NOTHING_LEFT
from services.errors import (
    AssistantError,
    BudgetUsed,
    InvalidField,
    ListenerLeft,
    ProviderError,
    SpeechOff,
)
from services.speech.base import FORMATS, PCM_RATE, AudioFormat, Utterance
from services.speech.ladder import Ladder
from services.speech.text import speakable
from services.upstream.waiting import waiting
from services.usage.made import begin_notes
from services.web.bodies import (
    Fields,
    language_field,
    number_field,
    read_json,
    required,
    text_field,
)
from services.web.cookies import require_user
from services.web.leaving import listener
from services.web.parts import parts

TEXT_LIMIT = 4096
"""Characters."""
SPEEDS = (0.25, 4.0)
FIRST_SOUND_SECONDS = 9.0
"""The page gives up a little later."""
SEND_SECONDS = 30.0
"""A player that takes nothing for this long, having its buffers full, is given up."""
CONTENT_TYPES: dict[AudioFormat, str] = {
    "pcm": f"audio/pcm;rate={PCM_RATE};channels=1",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg;codecs=opus",
}
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""The second keeps nginx from collecting sound before it passes it on.
Source: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering"""

STAND_IN = "Vivavoce-Voice"
"""Header of an answer that another service than the chosen one speaks, which failed or costs money
that is not there any more: its name."""
VOICES_SECONDS = 2.0
"""For the list of voices, which nothing but a voice that is gone depends on."""

log = logging.getLogger(__name__)

blueprint = Blueprint("speech", __name__, url_prefix="/api/realtime")


@blueprint.post("/tts")
def speak() -> Response:
    """Say a text."""
    user_id = require_user()
    voice = parts().speech
    if voice is None:
        raise SpeechOff("This server reads nothing aloud; the browser's own voice does it instead.")
    utterance, stored_voice = _read_utterance(read_json(), user_id)
    kind = CONTENT_TYPES[utterance.audio_format]
    if not utterance.text:
        return Response(b"", headers=HEADERS, content_type=kind)
    chosen = voice.name
    if chosen != FREE and not parts().book.live.may_spend(user_id):
        voice, utterance = _without_cost(voice), replace(utterance, voice=None)
    browser = listener()
    made = begin_notes()
    with ExitStack() as stack:
        stack.callback(parts().book.live.note_made, user_id, made, parts().clock())
        # The first sound is awaited here, so that a failure still has a status.
        with waiting(FIRST_SOUND_SECONDS, browser):
            utterance = _with_known_voice(utterance, voice, stored_voice)
            spoken = stack.enter_context(voice.speak(utterance, browser))
        sound = _Sound(spoken.pieces, stack.pop_all())
    connection: socket.socket | None = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SEND_SECONDS)
    headers = HEADERS | ({STAND_IN: spoken.voice_of} if spoken.voice_of != chosen else {})
    return Response(sound, headers=headers, content_type=kind, direct_passthrough=True)


def _without_cost(voice: Ladder) -> Ladder:
    """Give the voice of the engine alone.

    Raises:
        BudgetUsed: there is none.
    """
    free = voice.only(FREE)
    if free is None:
        raise BudgetUsed(NOTHING_LEFT)
    return free


class _Sound:
    """The body of an answer; the server closes it whatever happens."""

    def __init__(self, pieces: Iterator[bytes], work: ExitStack) -> None:
        self._pieces = pieces
        self._work = work

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except ListenerLeft:
            log.info("the listener has left")
            raise StopIteration from None
        except AssistantError as error:
            log.warning("speech broke off: %s (%s)", error.code, error.__cause__ or error)
            # Without the end of a body the browser knows that something is missing; gunicorn
            # closes the connection on this error without a word.
            raise ConnectionResetError(errno.ECONNRESET, "speech broke off") from error

    def close(self) -> None:
        """End the work behind it."""
        self._work.close()


def _read_utterance(fields: Fields, user_id: str) -> tuple[Utterance, str | None]:
    """Give what shall be said, and the voice that this person has chosen for good."""
    text = required("text", text_field(fields, "text", longest=4 * TEXT_LIMIT))
    if not 1 <= len(text) <= TEXT_LIMIT:
        raise InvalidField("text", f"must have 1 to {TEXT_LIMIT} characters")
    voice = text_field(fields, "voice", longest=64)
    speed = number_field(fields, "speed", *SPEEDS)
    language = language_field(fields)
    audio_format = text_field(fields, "format", longest=8) or "pcm"
    if audio_format not in FORMATS:
        raise InvalidField("format", f"must be one of {', '.join(FORMATS)}")
    chosen = parts().settings_of(user_id)
    language = language or chosen.language
    utterance = Utterance(
        text=speakable(text, language),
        voice=voice or chosen.voice_text,
        speed=speed or chosen.speed,
        language=language,
        audio_format=audio_format,
    )
    return utterance, chosen.voice_text


def _with_known_voice(utterance: Utterance, voice: Ladder, stored: str | None) -> Utterance:
    """Keep a voice that is on offer.

    One that was chosen before the service changed gives way to the service's own, as otherwise
    every sentence would fail.

    Raises:
        InvalidField: another one, which is not on offer.
    """
    if utterance.voice is None:
        return utterance
    try:
        with waiting(VOICES_SECONDS, None):
            voices = voice.voices()
    except ProviderError:
        return utterance  # what was said before may be remembered
    if not voices or utterance.voice in voices:
        return utterance
    if utterance.voice != stored:
        raise InvalidField("voice", "there is no such voice here")
    return replace(utterance, voice=None)
