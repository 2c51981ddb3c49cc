"""One Realtime session as a sans-I/O state machine: events in, events and commands out.

The session knows the rules of the protocol and nothing of sockets, clocks or models. A client's
message goes into `receive`; what the pipeline hears, says and plays goes into the methods named
for it; what is to be sent or done comes out of `take`. Each event family has a module beside this
one. Source of names and orders: https://platform.openai.com/docs/api-reference/realtime
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from services.engine.errors import ProtocolError
from services.engine.protocol import input_audio, item_events, output_audio, responses, settings
from services.engine.protocol.commands import Command, Playing, Send
from services.engine.protocol.config import SessionConfig
from services.engine.protocol.history import History
from services.engine.protocol.ids import new_id
from services.engine.protocol.response import Response

Handler = Callable[["Session", dict[str, Any]], None]

HANDLERS: dict[str, Handler] = {
    "session.update": settings.update,
    "input_audio_buffer.append": input_audio.append,
    "input_audio_buffer.commit": input_audio.commit,
    "input_audio_buffer.clear": input_audio.clear,
    "output_audio_buffer.clear": output_audio.clear,
    "conversation.item.create": item_events.create,
    "conversation.item.retrieve": item_events.retrieve,
    "conversation.item.truncate": item_events.truncate,
    "conversation.item.delete": item_events.delete,
    "response.create": responses.create,
    "response.cancel": responses.cancel,
}
"""All client events of the protocol."""


class Session:
    """The state of one session, and the way into each event family."""

    def __init__(self, config: SessionConfig, *, carries_audio_events: bool = False) -> None:
        """Begin with a configuration.

        Args:
            config: the session's, as minted or posted with the offer.
            carries_audio_events: sound travels as events (WebSocket), not as RTP.
        """
        self.id = new_id("sess")
        self.conversation_id = new_id("conv")
        self.config = config
        self.carries_audio_events = carries_audio_events
        self.history = History()
        self.active: Response | None = None
        """The one response that is being made for the conversation."""
        self.aside: dict[str, Response] = {}
        """Out-of-band responses that are being made, by id."""
        self.heard_item_id: str | None = None
        """The id that the turn which is being spoken will have."""
        self.reply_owed = False
        """A turn ended while a response was active; it is answered next."""
        self.has_spoken = False
        """The voice is frozen after the first sound."""
        self.playing: tuple[Playing, ...] = ()
        """What the listener hears and is going to hear; set by the owner before each call."""
        self.buffered_ms = 0
        """Milliseconds of sound in the input buffer; set by the owner before each call."""
        self._outbox: list[Send | Command] = []

    def take(self) -> list[Send | Command]:
        """Hand over what is to be sent and done, in order, and forget it."""
        outbox, self._outbox = self._outbox, []
        return outbox

    def emit(self, event_type: str, **fields: Any) -> None:
        """Queue a server event."""
        self._outbox.append(Send({"type": event_type, "event_id": new_id("event"), **fields}))

    def do(self, command: Command) -> None:
        """Queue something for the owner to do."""
        self._outbox.append(command)

    def wire(self) -> dict[str, Any]:
        """The session object as it is echoed."""
        return self.config.to_wire(self.id)

    def open(self) -> None:
        """The client's channel is open."""
        self.emit("session.created", session=self.wire())

    def receive(self, message: str | bytes) -> None:
        """Handle one message of the client; a bad one is answered with an `error` event."""
        event_id: str | None = None
        try:
            event = _parse(message)
            event_id = _event_id(event)
            handler = HANDLERS.get(event["type"])
            if handler is None:
                known = ", ".join(sorted(HANDLERS))
                raise ProtocolError(
                    f"Invalid value: '{event['type'][:100]}'. Supported values are: {known}.",
                    param="type",
                )
            handler(self, event)
        except ProtocolError as error:
            self.fail(error, event_id)

    def fail(self, error: ProtocolError, event_id: str | None = None) -> None:
        """Tell the client of something that went wrong; the session goes on."""
        self.emit("error", error=error.to_wire() | {"event_id": event_id})


def _parse(message: str | bytes) -> dict[str, Any]:
    if isinstance(message, bytes):
        raise ProtocolError("Send events as text, not as binary data.", code="invalid_event")
    try:
        event = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("The message is not valid JSON.", code="invalid_event") from error
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise ProtocolError(
            "An event is a JSON object with a 'type' that is a string.",
            code="invalid_event",
            param="type",
        )
    return event


def _event_id(event: dict[str, Any]) -> str | None:
    event_id = event.get("event_id")
    if event_id is None:
        return None
    if not isinstance(event_id, str) or len(event_id) > 512:
        raise ProtocolError(
            "Invalid value for 'event_id': must be a string of at most 512 characters.",
            param="event_id",
        )
    return event_id
