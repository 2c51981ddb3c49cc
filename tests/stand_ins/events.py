"""The events of a stand-in's calls: checked, kept for the test, and changed as it wishes."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, get_args

from openai.types.realtime import RealtimeServerEvent
from openai.types.realtime.realtime_client_event_param import RealtimeClientEventParam
from pydantic import TypeAdapter, ValidationError
from typing_extensions import get_type_hints

from services.engine.protocol.ids import new_id
from tests.stand_ins.typed import Refused, check

Event = dict[str, Any]
Rewrite = Callable[[Event], Iterable[Event | str]]
PATIENCE_SECONDS = 20.0
CLIENT_EVENTS = {
    get_args(get_args(get_type_hints(kind, include_extras=True)["type"])[0])[0]: kind
    for kind in get_args(RealtimeClientEventParam)
}
"""Type by name."""
SERVER_EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
SHOWN_BY_FILTER = {
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "output_audio_buffer.started",
    "output_audio_buffer.stopped",
    "conversation.item.input_audio_transcription.completed",
    "conversation.item.added",
    "conversation.item.created",
    "response.output_text.delta",
    "response.output_text.done",
    "response.output_audio_transcript.delta",
    "response.output_audio_transcript.done",
}
"""All that a browser hears of with Azure's `webrtcfilter=on`."""


class Events:
    """What travels in all calls of one stand-in."""

    def __init__(self, complaints: list[str]) -> None:
        self.from_client: list[Event] = []
        self.from_server: list[Event] = []
        """As the client got them."""
        self.rewrite: Rewrite | None = None
        """Gives what is sent in place of an event of the server."""
        self.refusals: deque[Event] = deque()
        """Errors of the next replies: each is made, and fails at once."""
        self._complaints = complaints
        self._news = threading.Condition()

    def clear(self) -> None:
        """Forget all."""
        self.from_client.clear()
        self.from_server.clear()
        self.refusals.clear()
        self.rewrite = None

    def wait(self, kind: str, count: int = 1, *, server: bool = False) -> list[Event]:
        """Wait until so many events of a kind have come; gives all of them."""
        events = self.from_server if server else self.from_client

        def found() -> list[Event]:
            return [event for event in events if event.get("type") == kind]

        with self._news:
            in_time = self._news.wait_for(lambda: len(found()) >= count, PATIENCE_SECONDS)
        assert in_time, f"{kind} came {len(found())} times: {[e.get('type') for e in events]}"
        return found()

    def take_client_event(self, message: str | bytes, *, has_sound_events: bool) -> Event:
        """Read and check what a client sent.

        Raises:
            Refused: the provider would answer it with an `error` event.
        """
        try:
            event = json.loads(message)
            _check_client_event(event, has_sound_events=has_sound_events)
        except ValueError as error:
            raise self._noted(Refused("This is no JSON.", "invalid_event"), message) from error
        except Refused as refused:
            raise self._noted(refused, message) from refused
        with self._news:
            self.from_client.append(event)
            self._news.notify_all()
        return event

    def check_server_event(self, event: Event) -> None:
        """See whether the official client could read what the engine says."""
        try:
            SERVER_EVENT.validate_python(event)
        except ValidationError as error:
            self._complaints.append(f"the engine sent what `openai` cannot read: {error}")

    def outgoing(self, event: Event, *, filtered: bool) -> list[str]:
        """Give what the client gets for an event of the server."""
        changed = list(self.rewrite(event)) if self.rewrite else [event]
        sent = [
            one
            for one in changed
            if not filtered or isinstance(one, str) or one.get("type") in SHOWN_BY_FILTER
        ]
        with self._news:
            self.from_server += [one for one in sent if isinstance(one, dict)]
            self._news.notify_all()
        return [one if isinstance(one, str) else json.dumps(one) for one in sent]

    def _noted(self, refused: Refused, message: str | bytes) -> Refused:
        self._complaints.append(f"event {str(message)[:300]}: {refused.message}")
        return refused


def _check_client_event(event: object, *, has_sound_events: bool) -> None:
    if not isinstance(event, dict) or event.get("type") not in CLIENT_EVENTS:
        kind = event.get("type") if isinstance(event, dict) else event
        raise Refused(f"Invalid value: '{kind}'.", param="type")
    check(event, CLIENT_EVENTS[event["type"]])
    if len(event.get("event_id", "")) > 512:
        raise Refused("An event_id has at most 512 characters.", param="event_id")
    if len(event.get("item", {}).get("id", "")) > 32:
        raise Refused("An item's id has at most 32 characters.", "string_too_long", "item.id")
    other = "output_audio_buffer.clear" if has_sound_events else "input_audio_buffer.append"
    if event["type"] == other:
        raise Refused("Not on this transport.", "invalid_event_for_transport", "type")


def error_event(refused: Refused, event_id: str | None = None) -> Event:
    """Tell a client what is wrong with an event of its own."""
    return {
        "type": "error",
        "event_id": new_id("event"),
        "error": {
            "type": "invalid_request_error",
            "code": refused.code,
            "message": refused.message,
            "param": refused.param or None,
            "event_id": event_id,
        },
    }


def failed_reply(details: Event) -> list[Event]:
    """A reply that is begun and fails at once, as it does for want of money."""
    response = {
        "object": "realtime.response",
        "id": new_id("resp"),
        "status": "in_progress",
        "status_details": None,
        "output": [],
        "conversation_id": new_id("conv"),
        "output_modalities": ["audio"],
        "max_output_tokens": "inf",
        "usage": None,
        "metadata": None,
    }
    ended = {"status": "failed", "status_details": {"type": "failed", "error": details}}
    if details.get("code") == "content_filter":
        ended = {"status": "incomplete"}
        ended |= {"status_details": {"type": "incomplete", "reason": "content_filter"}}
    return [
        {"type": "response.created", "event_id": new_id("event"), "response": response},
        {"type": "response.done", "event_id": new_id("event"), "response": response | ended},
    ]
