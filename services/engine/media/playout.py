"""The assistant's voice on its way out: a track that sends 20 ms of Opus every 20 ms.

The track encodes by itself and hands packets to aiortc, which spares aiortc's conversion to
stereo and its measuring of every sample in Python (half of its time on the event loop).
"""

from __future__ import annotations

import asyncio
import fractions
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

from services.engine.protocol.commands import Playing
from services.engine.stages import Pcm

RATE = 24_000
FRAME_SECONDS = 0.02
FRAME_SAMPLES = int(RATE * FRAME_SECONDS)
LATE_SECONDS = 0.2
"""A loop that was held up longer than this does not catch up: the sound would come in a burst."""
BIT_RATE = 32_000
"""Transparent for one voice in Opus."""


@dataclass
class _Reply:
    response_id: str
    frames: deque[NDArray[np.int16]] = field(default_factory=deque)
    complete: bool = False
    started: bool = False
    played_samples: int = 0


class Playout(MediaStreamTrack):
    """Plays replies one after the other, and silence in between."""

    kind = "audio"

    def __init__(
        self, on_started: Callable[[str], None], on_stopped: Callable[[str], None]
    ) -> None:
        """Begin with silence.

        Args:
            on_started: called with the response's id when its first sound goes out.
            on_stopped: called with the response's id when its last sound has gone out.
        """
        super().__init__()
        self._on_started = on_started
        self._on_stopped = on_stopped
        self._replies: deque[_Reply] = deque()
        self._room = asyncio.Event()
        self._room.set()
        self._codec = _encoder()
        self._begin: float | None = None
        self._frame_number = 0

    @property
    def playing(self) -> tuple[Playing, ...]:
        """What is heard, and what waits behind it."""
        return tuple(
            Playing(reply.response_id, reply.played_samples * 1000 // RATE)
            for reply in self._replies
        )

    @property
    def waiting_seconds(self) -> float:
        """Sound that has not gone out yet."""
        samples = sum(len(frame) for reply in self._replies for frame in reply.frames)
        return samples / RATE

    def play(self, response_id: str, pcm: Pcm) -> None:
        """Put sound behind what is there; its rate must be 24 kHz."""
        assert pcm.rate == RATE, "voices give 24 kHz"
        reply = self._reply(response_id)
        samples = pcm.samples
        if reply.frames and len(reply.frames[-1]) < FRAME_SAMPLES:
            samples = np.concatenate([reply.frames.pop(), samples])
        for begin in range(0, len(samples), FRAME_SAMPLES):
            reply.frames.append(samples[begin : begin + FRAME_SAMPLES])

    def finish(self, response_id: str) -> None:
        """No more sound will come for this response."""
        for reply in self._replies:
            if reply.response_id == response_id:
                reply.complete = True

    def silence(self) -> None:
        """Throw away what has not gone out."""
        self._replies.clear()
        self._room.set()

    async def room(self, seconds: float) -> None:
        """Wait until no more than this much sound waits."""
        while self.waiting_seconds > seconds:
            self._room.clear()
            await self._room.wait()

    async def recv(self) -> av.Packet[Any]:
        """Give aiortc the next packet when it is time for it."""
        if self.readyState != "live":
            raise MediaStreamError
        await self._wait_for_slot()
        frame = av.AudioFrame.from_ndarray(
            self._next_samples()[np.newaxis, :], format="s16", layout="mono"
        )
        frame.sample_rate = RATE
        frame.pts = self._frame_number * FRAME_SAMPLES
        frame.time_base = fractions.Fraction(1, RATE)
        self._frame_number += 1
        packets = self._codec.encode(frame)
        return packets[0] if packets else await self.recv()

    async def _wait_for_slot(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._begin is None:
            self._begin = now
        due = self._begin + self._frame_number * FRAME_SECONDS
        if now - due > LATE_SECONDS:
            self._begin += now - due
        elif due > now:
            await asyncio.sleep(due - now)

    def _next_samples(self) -> NDArray[np.int16]:
        self._room.set()
        reply = self._replies[0] if self._replies else None
        if reply is None or not self._has_frame(reply):
            return np.zeros(FRAME_SAMPLES, np.int16)
        samples = reply.frames.popleft()
        if not reply.started:
            reply.started = True
            self._on_started(reply.response_id)
        reply.played_samples += len(samples)
        if reply.complete and not reply.frames:
            self._replies.popleft()
            self._on_stopped(reply.response_id)
        return np.pad(samples, (0, FRAME_SAMPLES - len(samples)))

    def _has_frame(self, reply: _Reply) -> bool:
        """Whether a frame can go out: a short one waits for the sound that comes behind it."""
        if not reply.frames:
            if reply.complete:
                self._replies.popleft()
                if reply.started:
                    self._on_stopped(reply.response_id)
            return False
        return reply.complete or len(reply.frames[0]) == FRAME_SAMPLES

    def _reply(self, response_id: str) -> _Reply:
        for reply in self._replies:
            if reply.response_id == response_id:
                return reply
        self._replies.append(_Reply(response_id))
        return self._replies[-1]


def _encoder() -> av.AudioCodecContext:
    codec = av.CodecContext.create("libopus", "w")
    assert isinstance(codec, av.AudioCodecContext)
    codec.bit_rate = BIT_RATE
    codec.format = av.AudioFormat("s16")
    codec.layout = av.AudioLayout("mono")
    codec.sample_rate = RATE
    codec.time_base = fractions.Fraction(1, RATE)
    codec.options = {"application": "voip", "frame_duration": "20", "compression_level": "5"}
    return codec
