"""The `session` event family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.engine.errors import ProtocolError
from services.engine.protocol.commands import Reconfigure

if TYPE_CHECKING:
    from services.engine.protocol.session import Session


def update(session: Session, event: dict[str, Any]) -> None:
    """Handle `session.update`: all of it is taken, or nothing."""
    config = session.config.merged(event.get("session"))
    if session.has_spoken and config.voice != session.config.voice:
        raise ProtocolError(
            "The voice cannot be changed after the assistant has spoken; start a new session.",
            code="cannot_update_voice",
            param="session.audio.output.voice",
        )
    if session.active and config.speed != session.config.speed:
        raise ProtocolError(
            "The speed can be changed between turns only; wait for response.done.",
            param="session.audio.output.speed",
        )
    session.config = config
    session.do(Reconfigure())
    session.emit("session.updated", session=session.wire())
