"""A client of the engine's WebSocket: sound goes and comes inside of events."""

from __future__ import annotations

import base64
import json
from typing import Any

import aiohttp
import numpy as np
from numpy.typing import NDArray

from tests.engine.event_log import EventLog

RATE = 24_000


def tone(seconds: float) -> NDArray[np.int16]:
    """A loud tone, which the scripted stages take for speech: int16, shape (n,), 24 kHz."""
    time = np.arange(int(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * 300 * time) * 12_000).astype(np.int16)


def silence(seconds: float) -> NDArray[np.int16]:
    """Nothing to hear, 24 kHz."""
    return np.zeros(int(seconds * RATE), np.int16)


class SocketCaller(EventLog):
    """One connection; use as an asynchronous context."""

    def __init__(
        self, url: str, key: str | None, *, protocols: tuple[str, ...] = (), **options: Any
    ) -> None:
        """Prepare; `options` are more query parameters, and `origin`."""
        super().__init__()
        self._url = url + "/v1/realtime"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        if origin := options.pop("origin", None):
            self._headers["Origin"] = origin
        self._protocols = protocols
        self._query = options

    async def __aenter__(self) -> SocketCaller:
        self._http = aiohttp.ClientSession()
        self.socket = await self._http.ws_connect(
            self._url,
            headers=self._headers,
            protocols=self._protocols,
            params=self._query,
            max_msg_size=1024 * 1024,
        )
        self._spawn(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()
        await self._end_tasks()
        await self._http.close()

    def send(self, **event: Any) -> None:
        """Send a client event."""
        self.send_raw(json.dumps(event))

    def send_raw(self, message: str) -> None:
        """Send any text."""
        self._spawn(self.socket.send_str(message))

    def say(self, *sounds: NDArray[np.int16], chunk_ms: int = 40) -> None:
        """Append sound, 24 kHz, in pieces, as fast as they can be sent."""
        samples = np.concatenate(sounds)
        step = RATE * chunk_ms // 1000
        for begin in range(0, len(samples), step):
            audio = base64.b64encode(samples[begin : begin + step].astype("<i2").tobytes())
            self.send(type="input_audio_buffer.append", audio=audio.decode())

    @property
    def heard(self) -> NDArray[np.int16]:
        """All sound that came, 24 kHz."""
        deltas = [
            one["delta"] for one in self.events if one["type"] == "response.output_audio.delta"
        ]
        return np.frombuffer(b"".join(base64.b64decode(delta) for delta in deltas), "<i2")

    async def closed(self) -> int | None:
        """Wait for the other side to close; gives its code."""
        await self.until(lambda: self.socket.closed)
        return self.socket.close_code

    async def _read(self) -> None:
        async for message in self.socket:
            self.events.append(json.loads(message.data))
            await self._tell()
        await self._tell()
