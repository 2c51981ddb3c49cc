"""What passes between one client and the engine, whichever way it travels."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.engine.http import MODEL
from tests.stand_ins.events import Event, Events, error_event, failed_reply
from tests.stand_ins.typed import Refused

READ_THIS = re.compile(r"\s*<text>\s*(.*?)\s*</text>\s*", re.DOTALL)
READER_MARK = "\u2060"
"""Before a text that is to be read aloud: scripts follow no instructions, but the engine's has a
rule for this mark, which is neither seen nor said."""

CheckSession = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Terms:
    """What one call may have."""

    model: str
    """As the client names it; the engine has a name of its own."""
    check_session: CheckSession
    """Raises Refused for what the house does not offer."""
    filtered: bool = False
    """Only some events reach the browser."""
    has_sound_events: bool = False
    """Sound travels as events, not as RTP."""


class Wire:
    """Lets events through, as the house would."""

    def __init__(
        self,
        events: Events,
        terms: Terms,
        to_client: Callable[[str], None],
        to_engine: Callable[[str], None],
    ) -> None:
        self._events = events
        self._terms = terms
        self._to_client = to_client
        self._to_engine = to_engine

    def from_client(self, message: str | bytes) -> None:
        """Take what the client sent: on to the engine, or back with an error."""
        try:
            event = self._events.take_client_event(
                message, has_sound_events=self._terms.has_sound_events
            )
            self._check(event)
        except Refused as refused:
            return self._to_client(json.dumps(error_event(refused, _event_id(message))))
        if event["type"] == "response.create" and self._events.refusals:
            for told in failed_reply(self._events.refusals.popleft()):
                self._out(told)
            return None
        if event.get("response", {}).get("conversation") == "none":
            _mark_text_to_read(event)
        if "model" in event.get("session", {}):
            event = event | {"session": event["session"] | {"model": MODEL}}
        return self._to_engine(json.dumps(event))

    def from_engine(self, message: str) -> None:
        """Take what the engine sent; the client reads the model's name that it asked for."""
        event: Event = json.loads(message)
        if "session" in event:
            event["session"]["model"] = self._terms.model
        self._events.check_server_event(event)
        self._out(event)

    def tell(self, event: Event | str) -> None:
        """Say something that the engine did not."""
        self._to_client(event if isinstance(event, str) else json.dumps(event))

    def _out(self, event: Event) -> None:
        for message in self._events.outgoing(event, filtered=self._terms.filtered):
            self._to_client(message)

    def _check(self, event: Event) -> None:
        session = event.get("session")
        if session is None:
            return
        if session.get("model", self._terms.model) != self._terms.model:
            raise Refused("The model of a session cannot be changed.", param="session.model")
        self._terms.check_session(session)


def _mark_text_to_read(event: Event) -> None:
    for item in event["response"].get("input", []):
        for part in item.get("content", []):
            if found := READ_THIS.fullmatch(part.get("text", "")):
                part["text"] = READER_MARK + found[1]


def _event_id(message: str | bytes) -> str | None:
    try:
        event_id = json.loads(message).get("event_id")
    except (ValueError, AttributeError):
        return None
    return event_id if isinstance(event_id, str) else None
