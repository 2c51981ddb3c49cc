"""A realtime model that reads aloud over a WebSocket, as strict as the real one about each event.

Source: the event types of the `openai` package; orders and codes as the live API was seen to use.
"""

from __future__ import annotations

import base64
import json
import re
import select
import socket
import time
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from openai.types.realtime import RealtimeResponseCreateParams
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from services.speech.catalog import READER
from services.speech.realtime import VOICES
from tests.providers.stand_in_audio import LONGEST_SECONDS
from tests.providers.stand_in_house import HouseHandler, StandInHouse
from tests.providers.stand_in_speech import KEY, OWN_VOICE

TEXT = re.compile(r"<text>\n(.*)\n</text>", re.DOTALL)
WORDS = re.compile(r"\S+\s*")
SESSION_FIELDS = {"type", "output_modalities", "instructions", "audio"}
RESPONSE_FIELDS = set(RealtimeResponseCreateParams.model_fields)
EXPIRED = {"type": "invalid_request_error", "code": "session_expired", "message": "60 minutes"}


@dataclass
class Plan:
    """How the next readings go; by default the text is read as it is written."""

    said: str | None = None
    """What the model says instead."""
    times: int = 1
    """Readings that go like this; those behind them are good again."""
    tells_words: bool = True
    """There are events about the words; some compatible servers send none."""
    failure: dict[str, str] | None = None
    """The reply fails with this error."""
    error_at_open: dict[str, str] | None = None
    """Comes instead of `session.created`, followed by a close."""


class ReaderHandler(HouseHandler):
    """One WebSocket, after its upgrade."""

    stand_in: StandInReader

    def respond(self) -> None:
        url = urlsplit(self.path)
        if url.path != "/v1/realtime" or parse_qs(url.query) != {"model": [READER]}:
            return self.refuse(404, f"no such model or path: {self.path}", "model_not_found")
        if self.headers.get_all("Authorization") != [f"Bearer {KEY}"]:
            return self.refuse(401, "Incorrect API key.", "invalid_api_key")
        if "OpenAI-Beta" in self.headers:
            return self.refuse(400, "The beta has ended.", "beta_api_shape_disabled")
        self._voice = ""
        self._count = 0
        self._events: list[dict] = []
        self._protocol = ServerProtocol()
        self.close_connection = True
        self._upgrade()
        self.stand_in.note(self.connection)
        try:
            self._serve()
        except ConnectionError:
            self.stand_in.audio.left.put(time.monotonic())
        return None

    def _upgrade(self) -> None:
        head = (
            f"{self.requestline}\r\n{self.headers.as_string().replace(chr(10), chr(13) + chr(10))}"
        )
        self._protocol.receive_data(head.encode())
        (request,) = self._protocol.events_received()
        assert isinstance(request, Request)
        self._protocol.send_response(self._protocol.accept(request))
        self._flush()

    def _serve(self) -> None:
        plan = self.stand_in.plan
        if plan.error_at_open is not None:
            self._send("error", error=plan.error_at_open)
            self._protocol.send_close(3000)
            return self._flush()
        self._send("session.created", session={"type": "realtime"})
        while True:
            event = self._next_event()
            if event["type"] == "session.update":
                self._update(event["session"])
            elif event["type"] == "response.create":
                self._reply(event["response"])
            else:
                self._refuse_event(f"no such event here: {event['type']}")
        return None

    def _update(self, session: dict) -> None:
        sound = session["audio"]["output"]
        for path in self.stand_in.unknown:
            if path.rpartition(".")[2] in sound:
                self.stand_in.complaints.append(path)
                error = {"type": "invalid_request_error", "code": "unknown_parameter"}
                return self._send("error", error=error | {"message": "no", "param": path})
            sound[path.rpartition(".")[2]] = 1.0
        voice = sound["voice"]["id"] if isinstance(sound["voice"], dict) else sound["voice"]
        is_good = (
            set(session) == SESSION_FIELDS
            and session["type"] == "realtime"
            and session["output_modalities"] == ["audio"]
            and session["audio"]["input"] == {"turn_detection": None}
            and set(sound) == {"voice", "speed", "format"}
            and sound["format"] == {"type": "audio/pcm", "rate": 24000}
            and 0.25 <= sound["speed"] <= 1.5
            and voice in (*VOICES, OWN_VOICE)
        )
        if not is_good or (self._count and voice != self._voice):
            return self._refuse_event(f"not a session: {session}")
        self._voice, self._speed = voice, sound["speed"]
        return self._send("session.updated", session=session)

    def _reply(self, wish: dict) -> None:
        (item,) = wish["input"]
        found = TEXT.fullmatch(item["content"][0]["text"])
        tokens = wish["max_output_tokens"]
        if (
            set(wish) - RESPONSE_FIELDS
            or wish["conversation"] != "none"
            or wish["output_modalities"] != ["audio"]
            or (item["type"], item["role"]) != ("message", "user")
            or item["content"][0]["type"] != "input_text"
            or not (tokens == "inf" or 1 <= tokens <= 4096)
            or not found
        ):
            return self._refuse_event(f"not a reply: {wish}")
        audio = self.stand_in.audio
        audio.spoken.append(
            {
                "input": found[1],
                "voice": self._voice,
                "speed": self._speed,
                "response_format": "audio/pcm",
            }
        )
        audio.connections.append(self.client_address)
        self._count += 1
        return self._read(found[1])

    def _read(self, text: str) -> None:
        house, audio = self.stand_in, self.stand_in.audio
        plan = house.plan
        plan.times -= 1
        if plan.times == 0:
            house.plan = Plan()
        reply = {"id": f"resp_{self._count}", "object": "realtime.response"}
        self._pause(audio.head_seconds)
        self._send("response.created", response=reply | {"status": "in_progress"})
        if plan.failure is not None:
            details = {"type": "failed", "error": plan.failure}
            self._send(
                "response.done", response=reply | {"status": "failed", "status_details": details}
            )
            return
        words = WORDS.findall(text if plan.said is None else plan.said)
        self._say_words(words[:4], reply["id"], plan)
        for index, piece in enumerate(audio.pieces):
            if index:
                self._pause(audio.pause_seconds)
            delta = base64.b64encode(piece).decode()
            self._send("response.output_audio.delta", response_id=reply["id"], delta=delta)
            if index == 0:
                self._say_words(words[4:], reply["id"], plan)
        if audio.ending == "silent":
            self._pause(LONGEST_SECONDS)
        elif audio.ending == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError
        if plan.tells_words:
            said = "".join(words)
            self._send(
                "response.output_audio_transcript.done", response_id=reply["id"], transcript=said
            )
        self._send(
            "response.done", response=reply | {"status": "completed", "status_details": None}
        )
        self._send("rate_limits.updated", rate_limits=[])

    def _say_words(self, words: list[str], reply: str, plan: Plan) -> None:
        for word in words if plan.tells_words else ():
            name = "response.output_audio_transcript.delta"
            self._send(name, response_id=reply, delta=word)

    def _refuse_event(self, message: str) -> None:
        self.stand_in.complaints.append(message)
        error = {"type": "invalid_request_error", "code": "invalid_value", "message": message}
        self._send("error", error=error)

    def _send(self, kind: str, **fields: object) -> None:
        event = {"type": kind, "event_id": "event_1", **fields}
        self._protocol.send_text(json.dumps(event).encode())
        self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            self.wfile.write(data)

    def _next_event(self) -> dict:
        while not self._events:
            self._take_in(None)
        return self._events.pop(0)

    def _pause(self, seconds: float) -> None:
        """Do nothing for so long, unless the other side leaves."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._take_in(left)

    def _take_in(self, seconds: float | None) -> None:
        """Wait for something to come.

        Raises:
            ConnectionAbortedError: the other side has closed.
        """
        if not select.select([self.connection], [], [], seconds)[0]:
            return
        data = self.connection.recv(65536)
        self._protocol.receive_data(data) if data else self._protocol.receive_eof()
        for frame in self._protocol.events_received():
            if isinstance(frame, Frame) and frame.opcode is Opcode.TEXT:
                self._events.append(json.loads(bytes(frame.data)))
        if self._protocol.state is not State.OPEN:
            raise ConnectionAbortedError


class StandInReader(StandInHouse):
    """OpenAI's Realtime API, as far as it reads aloud."""

    handler = ReaderHandler
    formats = {"pcm": "audio/pcm", "wav": "audio/pcm"}
    voices = {OWN_VOICE: OWN_VOICE} | {voice: voice for voice in VOICES}

    def __init__(self) -> None:
        super().__init__()
        self.plan = Plan()
        self.unknown: tuple[str, ...] = ()
        """Fields of the sound that goes out which this server does not know."""
        self._lines: list[socket.socket] = []

    def hang_up(self) -> None:
        """End all lines, as when a session has lasted for too long."""
        for line in self._lines:
            line.shutdown(socket.SHUT_RDWR)

    def note(self, line: socket.socket) -> None:
        """Remember a line that was opened."""
        self._lines.append(line)
