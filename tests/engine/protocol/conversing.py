"""A session as its owner drives it: for tests of the protocol, without sockets or models."""

from __future__ import annotations

import json
from typing import Any

from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from services.engine.protocol import input_audio, output_audio, response_output, responses
from services.engine.protocol.commands import Command, Playing, Send, StartReply
from services.engine.protocol.config import SessionConfig
from services.engine.protocol.items import Clause
from services.engine.protocol.response import Response
from services.engine.protocol.session import Session
from services.engine.stages import Finish

OFFICIAL: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)


class Conversing:
    """Drives one session and keeps all that comes out; every event must be an official one."""

    def __init__(self, patch: dict[str, Any] | None = None, **options: Any) -> None:
        config = SessionConfig.default("vivavoce-engine", "joe")
        if patch:
            config = config.merged({"type": "realtime"} | patch)
        self.session = Session(config, **options)
        self.events: list[dict[str, Any]] = []
        self.commands: list[Command] = []
        self.playing: tuple[Playing, ...] = ()
        self.buffered_ms = 2000

    def tell(self, what: Any, *args: Any) -> list[dict[str, Any]]:
        """Tell the session something; returns the events that it sent for it."""
        self.session.playing = self.playing
        self.session.buffered_ms = self.buffered_ms
        what(self.session, *args)
        sent = []
        for output in self.session.take():
            if isinstance(output, Send):
                check_official(output.event)
                sent.append(output.event)
            else:
                self.commands.append(output)
        self.events += sent
        return sent

    def send(self, **event: Any) -> list[dict[str, Any]]:
        """Send a client event."""
        return self.tell(Session.receive, json.dumps(event))

    def say(self, words: str, *, seconds: float = 2.0) -> list[dict[str, Any]]:
        """Speak a whole turn."""
        sent = self.tell(input_audio.speech_started, 100)
        sent += self.tell(input_audio.speech_stopped, 2500)
        item_id = self.session.history.items[-1].id
        return sent + self.tell(input_audio.transcribed, item_id, words, seconds)

    @property
    def response(self) -> Response:
        """The response that was asked for last."""
        asked = [one for one in self.commands if isinstance(one, StartReply)]
        return asked[-1].response

    def speak(self, *clauses: tuple[str, int, int]) -> list[dict[str, Any]]:
        """Let the reply say clauses, each with begin and end in its sound."""
        sent = []
        for text, start_ms, end_ms in clauses:
            sent += self.tell(response_output.spoken, self.response, Clause(text, start_ms, end_ms))
        return sent

    def play(self, heard_ms: int) -> None:
        """Let the listener hear the reply up to here."""
        if not self.playing:
            self.tell(output_audio.playback_started, self.response.id)
        self.playing = (Playing(self.response.id, heard_ms),)

    def finish(self) -> list[dict[str, Any]]:
        """Let the thinker be done."""
        return self.tell(responses.finish, self.response, Finish("stop", 40, 30, 12))


def check_official(event: dict[str, Any]) -> None:
    """Fail if the official package does not know this event, or would not accept a field of it."""
    assert OFFICIAL.validate_python(event).type == event["type"]


def types(events: list[dict[str, Any]]) -> list[str]:
    """The types of events, in order."""
    return [event["type"] for event in events]
