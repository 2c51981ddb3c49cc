"""The Realtime API of a stand-in over WebSocket."""

from __future__ import annotations

import asyncio
import json

import aiohttp
from aiohttp import WSMsgType, web

from services.engine.http import MODEL
from services.engine.protocol.ids import new_id
from tests.stand_ins.cloud import Cloud, OpenCall
from tests.stand_ins.engine_child import KEY
from tests.stand_ins.events import error_event
from tests.stand_ins.typed import Refused
from tests.stand_ins.wire import Terms, Wire

MESSAGE_LIMIT_BYTES = 15 * 1024 * 1024
PING_SECONDS = 20
AUTH_CLOSE, REQUEST_CLOSE = 3000, 4000
"""With which OpenAI closes after its `error` event."""


class Sockets:
    """Takes sockets of servers; browsers come by the relay."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one from its first to its last message."""
        cloud = self._cloud
        model = request.query.get("model", "")
        try:
            cloud.check_server(request)
            cloud.check_model(model, "model")
        except Refused as refused:
            cloud.complaints.append(f"socket: {refused.message}")
            if not cloud.opens_before_it_refuses:
                return cloud.to_response(refused)
            return await self._refuse(request, refused)
        socket = await self._open(request)
        await self._connect(socket, Terms(model, cloud.check_session, has_sound_events=True))
        return socket

    async def _open(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            protocols=("realtime",),
            heartbeat=PING_SECONDS,
            max_msg_size=MESSAGE_LIMIT_BYTES,
            compress=False,
        )
        await socket.prepare(request)
        return socket

    async def _refuse(self, request: web.Request, refused: Refused) -> web.WebSocketResponse:
        socket = await self._open(request)
        await socket.send_json(error_event(refused))
        code = AUTH_CLOSE if refused.status == 401 else REQUEST_CLOSE
        await socket.close(code=code, message=b"refused")
        return socket

    async def _connect(self, socket: web.WebSocketResponse, terms: Terms) -> None:
        cloud, call_id = self._cloud, new_id("rtc")
        assert cloud.engine, "a socket needs an engine behind the stand-in"
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as http,
            http.ws_connect(
                f"{cloud.engine.url}/v1/realtime?model={MODEL}", max_msg_size=MESSAGE_LIMIT_BYTES
            ) as engine,
        ):
            to_client: asyncio.Queue[str] = asyncio.Queue()
            to_engine: asyncio.Queue[str] = asyncio.Queue()
            wire = Wire(cloud.events, terms, to_client.put_nowait, to_engine.put_nowait)

            async def close() -> None:
                await engine.close()
                await socket.close(code=1001)

            cloud.calls[call_id] = OpenCall(wire, close)
            writers = [
                asyncio.create_task(_write(socket, to_client)),
                asyncio.create_task(_write(engine, to_engine)),
            ]
            reader = asyncio.create_task(_read_engine(engine, wire))
            reader.add_done_callback(lambda _: cloud.end_soon(call_id))
            try:
                async for message in socket:
                    if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                        wire.from_client(message.data)
            finally:
                for task in (*writers, reader):
                    task.cancel()
                await asyncio.gather(*writers, reader, return_exceptions=True)
                await cloud.end_call(call_id)


async def _write(
    socket: web.WebSocketResponse | aiohttp.ClientWebSocketResponse, messages: asyncio.Queue[str]
) -> None:
    while True:
        message = await messages.get()
        if not socket.closed:
            await socket.send_str(message)


async def _read_engine(engine: aiohttp.ClientWebSocketResponse, wire: Wire) -> None:
    async for message in engine:
        if message.type is WSMsgType.TEXT:
            json.loads(message.data)
            wire.from_engine(message.data)
