"""A caller as a browser is one: an aiortc peer with a microphone, an ear and the event channel."""

from __future__ import annotations

import asyncio
import fractions
import json
from typing import Any

import aiohttp
import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

from tests.engine.event_log import Event, EventLog

RATE = 48_000
FRAME_SAMPLES = RATE // 50


class Microphone(MediaStreamTrack):
    """Plays what it is given in real time, and silence in between."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._samples = np.zeros(0, np.int16)
        self._number = 0
        self._begin: float | None = None

    def say(self, samples: NDArray[np.int16]) -> None:
        """Put sound behind what is left: int16, shape (n,), 48 kHz."""
        self._samples = np.concatenate([self._samples, samples])

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._begin = self._begin or loop.time()
        await asyncio.sleep(max(0, self._begin + self._number * 0.02 - loop.time()))
        samples, self._samples = np.split(self._samples, [min(FRAME_SAMPLES, len(self._samples))])
        samples = np.pad(samples, (0, FRAME_SAMPLES - len(samples)))
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self._number * FRAME_SAMPLES
        frame.time_base = fractions.Fraction(1, RATE)
        self._number += 1
        return frame


def tone(seconds: float, hertz: float = 300.0) -> NDArray[np.int16]:
    """A loud tone, which the scripted stages take for speech."""
    time = np.arange(int(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * hertz * time) * 12_000).astype(np.int16)


class Caller(EventLog):
    """One call to an engine; use as an asynchronous context."""

    def __init__(
        self, url: str, key: str, session: Event | None = None, *, direction: str = "sendrecv"
    ) -> None:
        """Prepare a call; direction "recvonly": no microphone."""
        super().__init__()
        self.url, self.key, self.session = url, key, session
        self._direction = direction
        self.heard: list[NDArray[np.int16]] = []
        """Frames of 20 ms, 48 kHz, as they came."""
        self.microphone = Microphone()
        self.location = ""
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._channel = self._peer.createDataChannel("oai-events")

    async def __aenter__(self) -> Caller:
        try:
            await self._connect()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def _connect(self) -> None:
        self._channel.on("message", self._receive)
        self._peer.on("track", lambda track: self._spawn(self._listen(track)))
        microphone = self.microphone if self._direction == "sendrecv" else "audio"
        self._peer.addTransceiver(microphone, direction=self._direction)
        await self._peer.setLocalDescription(await self._peer.createOffer())
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("sdp", self._peer.localDescription.sdp)
        if self.session:
            form.add_field("session", json.dumps({"type": "realtime"} | self.session))
        headers = {"Authorization": f"Bearer {self.key}"}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.url}/v1/realtime/calls", data=form, headers=headers) as answer,
        ):
            assert answer.status == 201, await answer.text()
            self.location = answer.headers["Location"]
            sdp = await answer.text()
        await self._peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        await self.event("session.created")

    async def __aexit__(self, *_: object) -> None:
        self.microphone.stop()
        await self._peer.close()
        await self._end_tasks()

    @property
    def closed(self) -> bool:
        """Whether the other side has ended the call."""
        return self._channel.readyState == "closed"

    def send(self, **event: Any) -> None:
        """Send a client event."""
        self._channel.send(json.dumps(event))

    def send_raw(self, message: str | bytes) -> None:
        """Send anything."""
        self._channel.send(message)

    @property
    def loud_seconds(self) -> float:
        """How much of what was heard is not silence."""
        return sum(0.02 for frame in self.heard if np.abs(frame).max() > 500)

    def _receive(self, message: str) -> None:
        self.events.append(json.loads(message))
        self._spawn(self._tell())

    async def _listen(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        while True:
            try:
                frame: Any = await track.recv()
            except MediaStreamError:
                return
            self.heard += [one.to_ndarray()[0] for one in resampler.resample(frame)]
            await self._tell()
