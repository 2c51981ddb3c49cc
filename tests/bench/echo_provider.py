"""A provider over WebSocket in a process of its own: says back all sound that it hears, at once."""

from __future__ import annotations

import asyncio
import json
import sys
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

MODEL = "echo"
APPEND = '{"type":"input_audio_buffer.append","audio":"'
DELTA = '{"type":"response.output_audio.delta","delta":"'


async def admit(connection: ServerConnection, request: Request) -> Response | None:
    """Answer plain requests; let all others open a WebSocket."""
    models = {"status": "ok", "data": [{"id": MODEL, "object": "model"}], "voices": ["echo"]}
    if not request.path.startswith("/v1/realtime"):
        return connection.respond(HTTPStatus.OK, json.dumps(models))
    return None


async def answer(connection: ServerConnection) -> None:
    """Be a session."""
    await connection.send('{"type":"session.created","session":{}}')
    async for message in connection:
        assert isinstance(message, str)
        if message.startswith(APPEND):
            await connection.send(DELTA + message.removeprefix(APPEND))
        elif '"session.update"' in message:
            await connection.send('{"type":"session.updated","session":{}}')


async def main() -> None:
    """Serve until stdin is closed."""
    async with serve(
        answer, "127.0.0.1", 0, process_request=admit, compression=None, ping_interval=None
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        print(f"http://127.0.0.1:{port}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
