"""The `output_audio_buffer` event family: the sound that the listener hears (WebRTC only)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.engine.errors import ProtocolError
from services.engine.protocol import item_events
from services.engine.protocol.commands import SilencePlayback

if TYPE_CHECKING:
    from services.engine.protocol.session import Session


def clear(session: Session, event: dict[str, Any]) -> None:
    """Handle `output_audio_buffer.clear`."""
    if session.carries_audio_events:
        raise ProtocolError(
            "Over WebSocket the client plays the sound; there is no output buffer to clear.",
            code="invalid_event_for_transport",
        )
    silence(session)


def playback_started(session: Session, response_id: str) -> None:
    """The first sound of a response goes out."""
    session.has_spoken = True
    if not session.carries_audio_events:
        session.emit("output_audio_buffer.started", response_id=response_id)


def playback_stopped(session: Session, response_id: str) -> None:
    """The last sound of a response has gone out."""
    if not session.carries_audio_events:
        session.emit("output_audio_buffer.stopped", response_id=response_id)


def silence(session: Session) -> None:
    """Throw away what has not been played, and remember only what was heard."""
    if not session.playing:
        return
    session.do(SilencePlayback())
    for playing in session.playing:
        session.emit("output_audio_buffer.cleared", response_id=playing.response_id)
        for item in session.history.items:
            if item.sound_ms and item.response_id == playing.response_id:
                item_events.cut(session, item, min(playing.heard_ms, item.sound_ms))
    session.playing = ()
