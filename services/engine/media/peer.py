"""One WebRTC connection with a browser: its microphone, our voice, the event channel."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCRtpCapabilities,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidAccessError, InvalidStateError

from services.engine.errors import ProtocolError
from services.engine.media.line import LineOwner
from services.engine.media.microphone import samples_of, shorten_jitter_buffer
from services.engine.media.playout import Playout
from services.engine.protocol.wire import to_text

log = logging.getLogger(__name__)

CONNECT_SECONDS = 20
"""A peer that has not opened its event channel by then is dropped."""


class Peer:
    """A connection that is made by one offer and one answer, without trickle."""

    carries_audio_events = False

    def __init__(self) -> None:
        """Prepare a connection."""
        # An empty list of servers: aiortc's default is a public STUN server, five seconds offline.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._owner: LineOwner
        self.output = Playout(
            lambda response_id: self._owner.playback_started(response_id),
            lambda response_id: self._owner.playback_stopped(response_id),
        )
        self._channel: RTCDataChannel | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._gone = False
        self._connection.on("datachannel", self._take_channel)
        self._connection.on("track", self._take_track)
        self._connection.on("connectionstatechange", self._watch_state)

    def attach(self, owner: LineOwner) -> None:
        """Tell this owner from now on."""
        self._owner = owner

    async def answer(self, offer: str) -> str:
        """Answer an offer.

        Raises:
            ProtocolError: the offer is not SDP, or offers no audio or no event channel.
        """
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
            self._add_voice()
            await self._connection.setLocalDescription(await self._connection.createAnswer())
        except (InvalidStateError, InvalidAccessError, *_SDP_ERRORS) as error:
            raise _bad_offer(str(error)) from error
        if self._connection.sctp is None:
            raise _bad_offer("it has no data channel")
        self._spawn(self._drop_if_unconnected())
        return self._connection.localDescription.sdp

    def send(self, event: dict[str, Any]) -> None:
        """Send an event; one that nobody is there for any more is dropped."""
        channel = self._channel
        if channel is not None and channel.readyState == "open":
            channel.send(to_text(event))

    async def close(self) -> None:
        """End the connection; may be called twice."""
        self._gone = True
        for task in self._tasks:
            task.cancel()
        self.output.stop()
        await self._connection.close()

    def _add_voice(self) -> None:
        audio = [one for one in self._connection.getTransceivers() if one.kind == "audio"]
        if len(audio) != 1:
            raise _bad_offer("it must have exactly one audio section")
        transceiver = audio[0]
        transceiver.setCodecPreferences(_opus_only())
        transceiver.direction = "sendrecv"
        transceiver.sender.replaceTrack(self.output)
        shorten_jitter_buffer(transceiver.receiver)

    def _take_channel(self, channel: RTCDataChannel) -> None:
        if self._channel is not None:
            return
        self._channel = channel
        channel.on("message", self._owner.receive)
        channel.on("close", lambda: self._leave("the event channel was closed"))
        # A channel that comes from the other side is open before we hear of it.
        if channel.readyState == "open":
            self._owner.opened()
        else:
            channel.on("open", self._owner.opened)

    def _take_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self._spawn(self._listen(track))

    async def _listen(self, track: MediaStreamTrack) -> None:
        async for samples in samples_of(track):
            self._owner.hear(samples)

    async def _drop_if_unconnected(self) -> None:
        await asyncio.sleep(CONNECT_SECONDS)
        if self._channel is None:
            self._leave(f"no connection within {CONNECT_SECONDS} seconds")

    def _watch_state(self) -> None:
        state = self._connection.connectionState
        log.debug("peer is %s", state)
        if state in ("failed", "closed"):
            self._leave(f"the connection is {state}")

    def _leave(self, reason: str) -> None:
        if not self._gone:
            self._gone = True
            self._owner.gone(reason)

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


# What aiortc's SDP parser lets through for text that is not SDP, or not one it understands.
_SDP_ERRORS = (ValueError, KeyError, IndexError, AttributeError, TypeError, AssertionError)


def _bad_offer(reason: str) -> ProtocolError:
    return ProtocolError(
        f"The SDP offer cannot be used: {reason or 'it cannot be read'}.", code="invalid_offer"
    )


def _opus_only() -> list[Any]:
    capabilities: RTCRtpCapabilities = RTCRtpSender.getCapabilities("audio")
    return [codec for codec in capabilities.codecs if codec.mimeType.lower() == "audio/opus"]
