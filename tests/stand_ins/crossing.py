"""A WebRTC call between a browser and the engine, with us in the middle.

Sound is handed on as it is; events pass the wire. The browser's connection ends here, so that a
stand-in can say what the engine would not, and hang up in the middle of a word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)

from services.engine.media.microphone import shorten_jitter_buffer
from tests.stand_ins.events import Events
from tests.stand_ins.typed import Refused
from tests.stand_ins.wire import Terms, Wire

Dial = Callable[[str], Awaitable[str]]
"""Gives the engine's answer to an offer."""


class Crossing:
    """Two connections back to back; end it with `close`."""

    def __init__(self, events: Events, terms: Terms, on_gone: Callable[[], None]) -> None:
        self.wire = Wire(events, terms, self._to_browser, self._to_engine)
        self._on_gone = on_gone
        self._browser = _connection()
        self._engine = _connection()
        self._browser_channel: RTCDataChannel | None = None
        self._engine_channel = self._engine.createDataChannel("oai-events")
        self._waiting: list[tuple[RTCDataChannel | None, str]] = []
        """Messages for a channel that is not open yet; None: the browser's."""
        self._browser.on("datachannel", self._take_channel)
        for connection in (self._browser, self._engine):
            connection.on("connectionstatechange", self._watch)
        self._engine_channel.on("open", self._send_waiting)
        self._engine_channel.on("message", self.wire.from_engine)
        self._engine_channel.on("close", self._on_gone)

    async def answer(self, offer: str, dial: Dial) -> str:
        """Answer the browser's offer, once the engine has answered ours.

        Raises:
            Refused: the offer cannot be used.
        """
        try:
            await self._browser.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        except (ValueError, AttributeError, IndexError, KeyError) as error:
            raise Refused(f"The offer cannot be read: {error}", "invalid_offer", "sdp") from error
        here = self._sound()
        if here is None or self._browser.sctp is None:
            raise Refused("Offer one audio section and a channel.", "invalid_offer", "sdp")
        here.direction = "sendrecv"
        heard = here.receiver.track
        there = self._engine.addTransceiver(heard or "audio", direction="sendrecv")
        await self._engine.setLocalDescription(await self._engine.createOffer())
        answer = await dial(self._engine.localDescription.sdp)
        await self._engine.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        here.sender.replaceTrack(there.receiver.track)
        await self._browser.setLocalDescription(await self._browser.createAnswer())
        for transceiver in (here, there):
            shorten_jitter_buffer(transceiver.receiver)
        return str(self._browser.localDescription.sdp)

    async def close(self) -> None:
        """Hang up on both sides; may be called twice."""
        await asyncio.gather(self._browser.close(), self._engine.close())

    def _sound(self) -> RTCRtpTransceiver | None:
        found = [one for one in self._browser.getTransceivers() if one.kind == "audio"]
        return found[0] if len(found) == 1 else None

    def _take_channel(self, channel: RTCDataChannel) -> None:
        if self._browser_channel is not None:
            return
        self._browser_channel = channel
        channel.on("message", self.wire.from_client)
        channel.on("close", self._on_gone)
        self._send_waiting()

    def _to_browser(self, message: str) -> None:
        self._waiting.append((None, message))
        self._send_waiting()

    def _to_engine(self, message: str) -> None:
        self._waiting.append((self._engine_channel, message))
        self._send_waiting()

    def _send_waiting(self) -> None:
        left = []
        for channel, message in self._waiting:
            target: Any = channel or self._browser_channel
            if target is not None and target.readyState == "open":
                target.send(message)
            elif target is None or target.readyState == "connecting":
                left.append((channel, message))
        self._waiting = left

    def _watch(self) -> None:
        states = (self._browser.connectionState, self._engine.connectionState)
        if "failed" in states or "closed" in states:
            self._on_gone()


def _connection() -> RTCPeerConnection:
    # Without servers: aiortc's default is a public STUN server, five seconds offline.
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))
