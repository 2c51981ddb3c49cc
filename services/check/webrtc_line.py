"""A line over WebRTC as a browser has it, made with aiortc, where that is installed."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections.abc import Coroutine
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from services.check.line import Event
from services.check.steps import Obstacle

if TYPE_CHECKING:
    from aiortc import RTCDataChannel, RTCPeerConnection

OPEN_SECONDS = 10.0
"""From the answer to the open channel; the page waits as long."""
CHANNEL = "oai-events"
"""LocalAI knows no other name."""

T = TypeVar("T")


def has_webrtc() -> bool:
    """Tell whether this machine can: aiortc comes with the engine's packages."""
    return find_spec("aiortc") is not None


class WebRtcLine:
    """Has an offer from the beginning; `accept` opens it. It lives in a thread of its own."""

    def __init__(self) -> None:
        """Make the offer."""
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._opened = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="webrtc check")
        self._thread.start()
        self._peer: RTCPeerConnection
        self._channel: RTCDataChannel
        try:
            self.offer: bytes = self._do(self._make_offer())
        except BaseException:
            self._end()
            raise

    def accept(self, answer: str) -> None:
        """Take the provider's answer and wait for the channel.

        Raises:
            Obstacle: the answer cannot be read, or nothing gets through.
        """
        try:
            self._do(self._take_answer(answer))
        except (ValueError, KeyError, AttributeError) as error:
            raise Obstacle(f"The provider's SDP cannot be read: {error}") from error
        if not self._opened.wait(OPEN_SECONDS):
            raise Obstacle(
                "Nothing gets through to the provider over WebRTC: a firewall seems to block UDP. "
                "Browsers in other networks may have more luck; from here, calls take the "
                "WebSocket through this server."
            )

    def send(self, event: Event) -> None:
        """Send an event."""
        if self._channel.readyState != "open":
            raise Obstacle("The provider closed the data channel.")
        self._loop.call_soon_threadsafe(self._channel.send, json.dumps(event))

    def receive(self, seconds: float) -> Event | None:
        """Wait for the next event."""
        try:
            event = self._events.get(timeout=seconds)
        except queue.Empty:
            return None
        if event is None:
            raise Obstacle("The provider closed the data channel.")
        return event

    def close(self) -> None:
        """End it."""
        if self._thread.is_alive():
            self._do(self._peer.close())
            self._end()

    async def _make_offer(self) -> bytes:
        from aiortc import RTCConfiguration, RTCPeerConnection

        # Without a list it would ask a public STUN server, for five seconds where there is none.
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peer.addTransceiver("audio", direction="recvonly")
        self._channel = self._peer.createDataChannel(CHANNEL)
        self._channel.on("open", self._opened.set)
        self._channel.on("close", lambda: self._events.put(None))
        self._channel.on("message", self._hear)
        await self._peer.setLocalDescription(await self._peer.createOffer())
        return str(self._peer.localDescription.sdp).encode()

    async def _take_answer(self, sdp: str) -> None:
        from aiortc import RTCSessionDescription

        await self._peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    def _hear(self, message: Any) -> None:
        try:
            event = json.loads(message)
        except ValueError:
            return
        if isinstance(event, dict):
            self._events.put(event)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(OPEN_SECONDS)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
