"""A real MCP server for tests, made with the official package, on a free port."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Any

import anyio
import uvicorn
from mcp.server.mcpserver import MCPServer
from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN = "let-me-in-123"
MEGABYTE = "All work and no play. " * 48_000


class RunningMcpServer:
    """Serves some tools to whoever has the token; ends with the `with`."""

    def __init__(self, **serving: Any) -> None:
        """Prepare; `serving` goes to the app that speaks HTTP."""
        self.notes: list[str] = []
        """What `write_note` was given."""
        self.refused = 0
        """Requests without the token."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/mcp"
        app = self._with_token(self._tools().streamable_http_app(**serving))
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="mcp-server"
        )

    def __enter__(self) -> RunningMcpServer:
        """Start; the socket listens already."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """End."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _tools(self) -> MCPServer:
        server = MCPServer("notes")

        @server.tool(title="Weather")
        async def weather(city: str) -> str:
            """Tell the weather of a city."""
            return f"It rains in {city}."

        @server.tool()
        async def write_note(text: str) -> str:
            """Write a note on the wall."""
            self.notes.append(text)
            return f"Written: {text}"

        @server.tool()
        async def forecast(days: int) -> dict[str, int]:
            """Tell the temperatures of the next days."""
            return {f"day {day}": 20 + day for day in range(days)}

        @server.tool()
        async def broken() -> str:
            """Fail."""
            raise RuntimeError("the pipes are frozen")

        @server.tool()
        async def megabyte() -> str:
            """Say a lot."""
            return MEGABYTE

        @server.tool()
        async def minute() -> str:
            """Take a minute."""
            await anyio.sleep(60)
            return "done at last"

        return server

    def _with_token(self, app: ASGIApp) -> ASGIApp:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            headers = dict(scope.get("headers", ()))
            is_known = headers.get(b"authorization") == f"Bearer {TOKEN}".encode()
            if scope["type"] == "http" and not is_known:
                self.refused += 1
                await send({"type": "http.response.start", "status": 401, "headers": []})
                await send({"type": "http.response.body", "body": b"who are you?"})
                return
            await app(scope, receive, send)

        return guarded
