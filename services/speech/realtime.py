"""A realtime model that reads aloud, word for word, over a WebSocket.

It takes the place of the speech endpoint, whose models end.
Source: https://platform.openai.com/docs/api-reference/realtime-client-events
"""

from __future__ import annotations

import json
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from services.errors import ProviderRejected
from services.speech.base import PCM_RATE, Utterance
from services.speech.checking import Checked
from services.speech.realtime_lines import Line, Lines, Manner
from services.speech.realtime_reading import READ_ALOUD, RealtimeReading, Strayed, to_event
from services.speech.sound import wav_head
from services.upstream.houses import House
from services.upstream.http import ANSWER_SECONDS, nonsense
from services.upstream.refused_sockets import of_event, of_reply
from services.upstream.waiting import Listener, waiting
from services.upstream.web_socket import Refused, WebSocket
from services.usage.made import Made, note

VOICES = ("marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
"""Source: https://platform.openai.com/docs/guides/realtime-conversations (voice options)"""
TRIES = 2
"""A model that began with other words is asked once more, and one that does not know a field."""
UNKNOWN = ("unknown_parameter", "unsupported_parameter")
"""Codes of the latter."""


class RealtimeSpeech:
    """Speaks PCM, also as WAV."""

    name = "realtime"
    speeds = (0.25, 1.5)

    def __init__(
        self,
        house: House,
        model: str,
        voice: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Let a model of this house read.

        Args:
            house: where it is.
            model: its name, or that of its deployment.
            voice: the usual one, also one of your own (`voice_…`); None takes the first.
            seconds: without progress, after which a text is given up.
        """
        self._house = house
        self._model = model
        self._voices = tuple(dict.fromkeys((voice, *VOICES) if voice else VOICES))
        self._usual = Manner(self._voices[0], 1.0)
        self._seconds = seconds
        self._lines = Lines(self._open)
        self._checked = Checked(self._ask_for_session)
        self._left_out: frozenset[str] = frozenset()

    def check(self) -> None:
        """See whether the model takes a session; it is asked once a minute at most."""
        self._checked()

    def voices(self) -> Mapping[str, str]:
        """Name the voices; every model has the same."""
        return {voice: voice for voice in self._voices}

    @contextmanager
    def speak(
        self, utterance: Utterance, listener: Listener | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Say something on a line that is free."""
        if utterance.audio_format not in ("pcm", "wav"):
            raise ProviderRejected("This voice speaks PCM and WAV only.")
        with closing(self._said(utterance, listener)) as pieces:
            yield pieces

    def close(self) -> None:
        """Close the lines."""
        self._lines.close()

    def _ask_for_session(self) -> None:
        with waiting(self._seconds, None), closing(self._open(self._usual)) as new:
            kind: object = None
            while kind != "session.updated":
                event = to_event(new.receive(self._seconds))
                kind = event.get("type")
                if kind == "error":
                    raise of_event(event.get("error"), self._house)

    def _said(
        self, utterance: Utterance, listener: Listener | None
    ) -> Generator[bytes, None, None]:
        slowest, fastest = self.speeds
        speed = min(max(utterance.speed, slowest), fastest)
        manner = Manner(utterance.voice or self._usual.voice, speed)
        head = wav_head() if utterance.audio_format == "wav" else b""
        for _ in range(TRIES):
            try:
                for piece in self._read(manner, utterance.text, listener):
                    yield head + piece
                    head = b""
                return
            except Strayed:
                continue
            except ProviderRejected as refused:
                if not self._concede(refused):
                    raise
        raise nonsense("the model does not read what it is given")

    def _read(self, manner: Manner, text: str, listener: Listener | None) -> Iterator[bytes]:
        line = self._lines.take(manner, listener)
        reading = RealtimeReading(line.socket, text, self._house, self._seconds)
        try:
            yield from reading.pieces(listener)
        finally:
            self._release(line, is_free=reading.is_over)
            note(Made("speech", "openai", self._model, reading.counts))

    def _concede(self, refused: ProviderRejected) -> bool:
        """Leave out from now on what the service does not know: servers lag behind each other."""
        if refused.reason not in UNKNOWN or refused.param in ("", *self._left_out):
            return False
        self._left_out |= {refused.param}
        return True

    def _release(self, line: Line, *, is_free: bool) -> None:
        if is_free:
            self._lines.give_back(line)
        else:
            # The shortest way to end what the model is doing, and what it costs.
            line.socket.close()

    def _open(self, manner: Manner, listener: Listener | None = None) -> WebSocket:
        """Open a session; what it is asked next goes along, since a refusal comes as an event."""
        url = self._house.websocket_url("/realtime", {"model": self._model})
        try:
            socket = WebSocket(url, self._house.sign_in(), self._seconds, listener)
        except Refused as refused:
            raise of_reply(refused.reply, self._house) from refused
        try:
            socket.send(json.dumps(_update(manner, self._left_out)), self._seconds, listener)
        except BaseException:
            socket.close()
            raise
        return socket


def _update(manner: Manner, left_out: Collection[str]) -> dict[str, object]:
    voice: object = manner.voice
    if manner.voice.startswith("voice_"):
        voice = {"id": manner.voice}
    fields = {
        "session.type": "realtime",
        "session.output_modalities": ["audio"],
        "session.instructions": READ_ALOUD,
        "session.audio.input.turn_detection": None,
        "session.audio.output.voice": voice,
        "session.audio.output.speed": manner.speed,
        "session.audio.output.format": {"type": "audio/pcm", "rate": PCM_RATE},
    }
    update: dict[str, Any] = {"type": "session.update"}
    for path, value in fields.items():
        *names, last = path.split(".")
        if path not in left_out:
            part = update
            for name in names:
                part = part.setdefault(name, {})
            part[last] = value
    return update
