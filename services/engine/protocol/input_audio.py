"""The `input_audio_buffer` event family: turns of the user, spoken or committed by the client."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from services.engine.errors import ProtocolError
from services.engine.protocol import item_events, responses
from services.engine.protocol.checks import bad
from services.engine.protocol.commands import AppendInput, ClearInput, Transcribe
from services.engine.protocol.ids import new_id
from services.engine.protocol.items import Item

if TYPE_CHECKING:
    from services.engine.protocol.session import Session

APPEND_LIMIT_BYTES = 15 * 1024 * 1024
SHORTEST_COMMIT_MS = 100


def append(session: Session, event: dict[str, Any]) -> None:
    """Handle `input_audio_buffer.append`: base64 of s16le, mono, 24 kHz."""
    if not session.carries_audio_events:
        raise ProtocolError(
            "Over WebRTC sound travels on the audio track, not in events.",
            code="invalid_event_for_transport",
        )
    audio = event.get("audio")
    if not isinstance(audio, str):
        raise bad("audio", "a base64 string")
    try:
        sound = base64.b64decode(audio, validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad("audio", "a base64 string") from error
    if len(sound) > APPEND_LIMIT_BYTES:
        raise bad("audio", "at most 15 MiB of sound")
    if len(sound) % 2:
        raise bad("audio", "16-bit samples: an even number of bytes")
    session.do(AppendInput(sound))


def commit(session: Session, event: dict[str, Any]) -> None:
    """Handle `input_audio_buffer.commit`: the client ends the turn, and asks for the reply."""
    if session.buffered_ms < SHORTEST_COMMIT_MS:
        raise ProtocolError(
            f"The buffer holds {session.buffered_ms}ms of audio; a turn needs at least "
            f"{SHORTEST_COMMIT_MS}ms.",
            code="input_audio_buffer_commit_empty",
        )
    commit_turn(session)


def clear(session: Session, event: dict[str, Any]) -> None:
    """Handle `input_audio_buffer.clear`."""
    session.heard_item_id = None
    session.do(ClearInput())
    session.emit("input_audio_buffer.cleared")


def speech_started(session: Session, audio_start_ms: int) -> None:
    """Somebody began to speak; a reply that is being spoken is interrupted."""
    session.heard_item_id = new_id("item")
    session.emit(
        "input_audio_buffer.speech_started",
        audio_start_ms=audio_start_ms,
        item_id=session.heard_item_id,
    )
    detection = session.config.turn_detection
    if detection and detection.interrupt_response:
        responses.interrupt(session, "turn_detected")


def live_words(session: Session, words: str) -> None:
    """All that has been said of the turn so far; `replace` says that it is no addition."""
    if session.heard_item_id and session.config.transcribes:
        session.emit(
            "conversation.item.input_audio_transcription.delta",
            item_id=session.heard_item_id,
            content_index=0,
            delta=words,
            replace=True,
        )


def speech_stopped(session: Session, audio_end_ms: int) -> None:
    """The turn is over: commit it, and reply if the session says so."""
    session.emit(
        "input_audio_buffer.speech_stopped",
        audio_end_ms=audio_end_ms,
        item_id=session.heard_item_id,
    )
    _commit_and_reply(session)


def idle_timeout(session: Session, audio_start_ms: int, audio_end_ms: int) -> None:
    """Nobody spoke for as long as the session allows: answer the silence."""
    session.heard_item_id = new_id("item")
    session.emit(
        "input_audio_buffer.timeout_triggered",
        audio_start_ms=audio_start_ms,
        audio_end_ms=audio_end_ms,
        item_id=session.heard_item_id,
    )
    _commit_and_reply(session)


def _commit_and_reply(session: Session) -> None:
    commit_turn(session)
    detection = session.config.turn_detection
    if detection and detection.create_response:
        responses.reply_to_turn(session)


def commit_turn(session: Session) -> None:
    """Make an item of the sound in the buffer and have it transcribed."""
    item = Item(
        id=session.heard_item_id or new_id("item"),
        kind="message",
        role="user",
        spoken=True,
        transcribed=False,
    )
    session.heard_item_id = None
    previous = session.history.items[-1].id if session.history.items else None
    session.emit("input_audio_buffer.committed", item_id=item.id, previous_item_id=previous)
    item_events.add(session, item)
    session.emit("conversation.item.done", item=item.to_wire(), previous_item_id=previous)
    session.do(Transcribe(item.id))


def transcribed(session: Session, item_id: str, words: str, seconds: float) -> None:
    """It is known what was said in a turn."""
    _item_done(session, item_id, words, seconds)
    if session.config.transcribes:
        session.emit(
            "conversation.item.input_audio_transcription.completed",
            item_id=item_id,
            content_index=0,
            transcript=words,
            usage={"type": "duration", "seconds": round(seconds, 2)},
        )


def transcription_failed(session: Session, item_id: str, message: str) -> None:
    """It will not be known what was said in a turn."""
    _item_done(session, item_id, "", 0.0)
    session.emit(
        "conversation.item.input_audio_transcription.failed",
        item_id=item_id,
        content_index=0,
        error={"type": "server_error", "code": "transcription_failed", "message": message},
    )


def _item_done(session: Session, item_id: str, words: str, seconds: float) -> None:
    for item in session.history.items:
        if item.id == item_id:  # the client may have deleted it meanwhile
            item.text = words
            item.seconds = seconds
            item.transcribed = True
