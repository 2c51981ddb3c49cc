"""Tries all that calls need, one step after the other, against what is configured."""

from __future__ import annotations

import io
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from services.calls.session import CallRequest, build_session, choose_mode, offer_modes
from services.check.line import Line, hold_text_turn
from services.check.socket_line import SocketLine
from services.check.steps import Obstacle, Skipped, Step, take_step
from services.check.webrtc_line import WebRtcLine, has_webrtc
from services.errors import AssistantError
from services.providers.base import Answer, Provider
from services.settings import Settings
from services.speech.base import PCM_RATE, Utterance
from services.speech.ladder import Ladder
from services.transcription.base import Recording, Transcription

SAFETY_IDENTIFIER = "check-provider"
SENTENCE = "Hello, can you hear me?"
KNOWN_WORD = "hello"
"""What a transcription of the sentence must hold, in whatever spelling."""
NO_AIORTC = (
    "aiortc is not installed here (it comes with the engine: make setup ENGINE=1), so WebRTC "
    "cannot be tried from this machine"
)
SILENCE_SECONDS = 1.0
"""Of what is written down where nothing was spoken before."""


@dataclass(frozen=True)
class Parts:
    """What is tried."""

    provider: Provider
    speech: Ladder | None
    """None: browsers read aloud for themselves."""
    transcription: Transcription
    modes: tuple[str, ...]
    connect_via: str


class ProviderCheck:
    """One check; it is used once."""

    def __init__(self, parts: Parts) -> None:
        """Try nothing yet."""
        self._parts = parts
        self._session: dict[str, object] = {}
        self._key: str | None = None
        self._line: Line | None = None
        self._call_id: str | None = None
        self._sound = b""

    def steps(self) -> Iterator[Step]:
        """Take the steps, and tell each as soon as it is done. Nothing stays open behind them."""
        try:
            yield take_step("mint", self._mint)
            yield take_step("offer", self._connect)
            if self._line is None:
                yield take_step("websocket", self._open_socket)
            yield take_step("text turn", self._talk)
        finally:
            self._hang_up()
        yield take_step("spoken word", self._speak)
        yield take_step("transcription", self._write_down)

    def _mint(self) -> str:
        provider = self._parts.provider
        abilities = provider.capabilities()
        mode = choose_mode(None, None, offer_modes(self._parts.modes, abilities))
        self._session = build_session(mode, CallRequest(), Settings(), abilities)
        if self._parts.connect_via == "broker":
            raise Skipped("CONNECT_VIA=broker: browsers get no key")
        secret = provider.mint(self._session, safety_identifier=SAFETY_IDENTIFIER)
        self._key = secret.value
        left = secret.expires_at.timestamp() - time.time()
        return f"{provider.label} gave a key of {self._session['model']} for {left:.0f} s"

    def _connect(self) -> str:
        if not has_webrtc():
            raise Skipped(NO_AIORTC)
        if not self._session:
            raise Skipped("there is no session to ask for")
        if self._key is None and self._parts.connect_via != "broker":
            raise Skipped("there is no key")
        line = WebRtcLine()
        try:
            answer = self._negotiate(line.offer)
            self._call_id = answer.provider_call_id
            line.accept(answer.sdp)
        except BaseException:
            line.close()
            raise
        self._line = line
        known = f"call {self._call_id}" if self._call_id else "the call has no id to hang it up by"
        return f"connected over WebRTC; {known}"

    def _negotiate(self, offer: bytes) -> Answer:
        provider = self._parts.provider
        if self._key is not None:
            return provider.connect(offer, key=self._key)
        return provider.broker(offer, self._session, safety_identifier=SAFETY_IDENTIFIER)

    def _open_socket(self) -> str:
        if not self._session:
            raise Skipped("there is no session to ask for")
        self._line = SocketLine(
            self._parts.provider, self._session, safety_identifier=SAFETY_IDENTIFIER
        )
        return "connected over the provider's WebSocket"

    def _talk(self) -> str:
        if self._line is None:
            raise Skipped("there is no line")
        reply = hold_text_turn(self._line, self._parts.provider)
        return f"first word after {reply.first_seconds:.2f} s: {reply.text.strip()[:60]!r}"

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._call_id is not None:
            with suppress(AssistantError):
                self._parts.provider.hang_up(self._call_id)

    def _speak(self) -> str:
        speech = self._parts.speech
        if speech is None:
            raise Skipped("SPEECH_PROVIDER=browser: browsers read aloud for themselves")
        speech.check()
        begun, first, sound = time.monotonic(), 0.0, bytearray()
        # Said at another time it is another text: one that was said before need not be made again.
        text = f"{SENTENCE} It is {datetime.now():%H:%M:%S}."
        with speech.speak(Utterance(text)) as spoken:
            for piece in spoken.pieces:
                first = first or time.monotonic() - begun
                sound += piece
        if spoken.is_stand_in:
            raise Obstacle(
                f"{speech.name} does not speak now, so {spoken.voice_of} stands in for it. The "
                "log says why."
            )
        if len(sound) < 2 * PCM_RATE // 10:
            raise Obstacle(f"{speech.name} gave no sound. Check its model and voice.")
        self._sound = bytes(sound)
        length = len(sound) / 2 / PCM_RATE
        return f"{speech.name}: first sound after {first:.2f} s, {length:.1f} s of it"

    def _write_down(self) -> str:
        ears = self._parts.transcription
        content = io.BytesIO(to_wav(self._sound or bytes(int(2 * PCM_RATE * SILENCE_SECONDS))))
        transcript = ears.transcribe(Recording(content, "audio/wav", "speech.wav"), language="en")
        if not self._sound:
            return f"{ears.name} answers; it was given silence, as nothing was spoken before"
        if KNOWN_WORD not in transcript.text.lower():
            raise Obstacle(
                f"{ears.name} heard {transcript.text!r} where {SENTENCE!r} was said. "
                "Check the model that writes down, and the voice."
            )
        return f"{ears.name} heard {transcript.text!r}"


def to_wav(pcm: bytes) -> bytes:
    """Put a WAV header before s16le mono sound of `PCM_RATE`."""
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16, 1, 1,
                       PCM_RATE, 2 * PCM_RATE, 2, 16, b"data", len(pcm))  # fmt: skip
    return head + pcm
