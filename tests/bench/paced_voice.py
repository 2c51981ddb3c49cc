"""A voice service for the bench, in a process of its own: sound comes at the pace of speech.

`python -m tests.bench.paced_voice` prints its URL and serves until its stdin closes.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

FIRST_SECONDS = 0.08
"""What Piper takes for a short clause."""
PIECE_SECONDS = 0.1
PIECE = bytes(int(48_000 * PIECE_SECONDS))

routes = web.RouteTableDef()


@routes.get("/healthz")
async def health(request: web.Request) -> web.Response:
    """Be there."""
    return web.json_response({"status": "ok"})


@routes.get("/v1/models")
async def models(request: web.Request) -> web.Response:
    """Have one voice."""
    return web.json_response({"object": "list", "data": [{"id": "paced"}], "voices": ["paced"]})


@routes.post("/v1/audio/speech")
async def speech(request: web.Request) -> web.StreamResponse:
    """Say as many pieces as the first word of the text tells."""
    pieces = int((await request.json())["input"].split()[0])
    await asyncio.sleep(FIRST_SECONDS)
    answer = web.StreamResponse(headers={"Content-Type": "audio/pcm;rate=24000;channels=1"})
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    begun = asyncio.get_running_loop().time()
    for index in range(pieces):
        due = begun + index * PIECE_SECONDS
        await asyncio.sleep(max(0, due - asyncio.get_running_loop().time()))
        await answer.write(PIECE)
    await answer.write_eof()
    return answer


async def main() -> None:
    """Serve until stdin closes."""
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
