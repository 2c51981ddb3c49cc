"""A chat-completions server on a free port of the loopback that is strict about requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


@dataclass
class ChatServer:
    """What the server was asked, and how it answers."""

    answer: Answer
    url: str = ""
    key: str = "secret"
    models: tuple[str, ...] = ("tiny", "large")
    no_tools: str | None = None
    """What it says to a request with tools; None: it takes them."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a caller hung up before the answer was complete."""

    async def list_models(self, request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": name} for name in self.models]})

    async def complete(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": {"message": "wrong key"}}, status=401)
        body = await request.json()
        unknown = set(body) - {
            "model", "messages", "stream", "stream_options", "max_tokens", "tools", "tool_choice",
        }  # fmt: skip
        if unknown or body["stream"] is not True or not body["messages"]:
            return web.json_response({"error": {"message": f"strange: {unknown}"}}, status=400)
        if body["model"] not in self.models:
            return web.json_response({"error": {"message": "no such model"}}, status=404)
        self.asked.append(body)
        if "tools" in body and self.no_tools:
            return web.json_response({"error": {"message": self.no_tools}}, status=400)
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        try:
            await self.answer(request, stream)
        except (asyncio.CancelledError, ConnectionError):
            self.gone.set()
            raise
        return stream


@asynccontextmanager
async def serving(answer: Answer, port: int = 0) -> AsyncIterator[ChatServer]:
    """Serve until the block ends."""
    server = ChatServer(answer)
    app = web.Application()
    app.add_routes(
        [
            web.get("/v1/models", server.list_models),
            web.post("/v1/chat/completions", server.complete),
        ]
    )
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield server
    finally:
        await runner.cleanup()


def says(*chunks: dict[str, Any] | str) -> Answer:
    """Answer with these events; a text stands for a delta of content."""

    async def answer(request: web.Request, stream: web.StreamResponse) -> None:
        for chunk in chunks:
            if isinstance(chunk, str):
                chunk = delta(content=chunk)
            await stream.write(f"data: {json.dumps(chunk)}\n\n".encode())
        await stream.write(b": a comment\n\ndata: [DONE]\n\n")

    return answer


def delta(finish_reason: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish_reason}]}
