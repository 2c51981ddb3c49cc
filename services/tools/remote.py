"""Tools of a remote server, by the Model Context Protocol over streamable HTTP.

Each request is a connection of its own: any worker can make it, and nothing is kept open for a
person who may not come back.
Source: https://modelcontextprotocol.io/specification
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import anyio
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent
from mcp_types import Tool as ListedTool

from services.errors import ToolFailed
from services.tool_config import McpServer
from services.tools.base import Caller, Tool
from services.tools.runner import SECONDS
from services.upstream.asynchronous import open_client

ANSWER_LIMIT = 4 * 1024 * 1024
"""Bytes of one answer; of a result the model reads the first few thousand."""
NAME_LIMIT = 64
"""Characters of a tool's name at a provider."""
MOST_PAGES = 10
"""Of a list of tools."""
SPARE_SECONDS = 0.5
"""A request is given up before the runner gives up the tool, so that it ends at the server too."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class RemoteServer:
    """Asks one server."""

    def __init__(self, server: McpServer, seconds: float = SECONDS - SPARE_SECONDS) -> None:
        """Prepare to ask; each request takes at most so many seconds."""
        self._server = server
        self._seconds = seconds

    def list_tools(self) -> tuple[Tool, ...]:
        """List what it offers, as far as the operator allows it.

        Raises:
            ToolFailed: it does not answer, or it answers nonsense.
        """
        allowed = self._server.allowed_tools
        listed = self._ask(_list)
        return tuple(self._tool(each) for each in listed if allowed is None or each.name in allowed)

    def _tool(self, listed: ListedTool) -> Tool:
        label = self._server.label

        def run(arguments: Mapping[str, object], _caller: Caller) -> str:
            return _to_text(
                self._ask(lambda client: client.call_tool(listed.name, dict(arguments)))
            )

        title = listed.title or (listed.annotations and listed.annotations.title) or listed.name
        return Tool(
            name=re.sub(r"[^A-Za-z0-9_-]", "_", f"{label}__{listed.name}")[:NAME_LIMIT],
            title=f"{title} ({label})",
            description=listed.description or title,
            parameters={
                name: value for name, value in listed.input_schema.items() if name != "$schema"
            },
            run=run,
            needs_approval=self._server.needs_approval,
        )

    def _ask(self, question: Callable[[Client], Awaitable[T]]) -> T:
        """Connect, ask, and hang up.

        Raises:
            ToolFailed: no answer in time, or none that can be used.
        """

        async def ask() -> T:
            server = self._server
            with anyio.fail_after(self._seconds):
                async with (
                    open_client(server.headers, seconds=self._seconds, limit=ANSWER_LIMIT) as http,
                    Client(streamable_http_client(server.url, http_client=http)) as client,
                ):
                    return await question(client)

        try:
            return anyio.run(ask)
        except Exception as error:  # the library raises what its parts raise, and groups of it
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> ToolFailed:
        """Say in words what the library says in many kinds of exceptions, also in groups."""
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, ToolFailed):
            return error
        name = self._server.label
        if isinstance(error, TimeoutError):
            return ToolFailed(
                f"The tool server {name} did not answer within {self._seconds:g} seconds."
            )
        if isinstance(error, MCPError):
            return ToolFailed(f"The tool server {name} refused: {error.message}")
        # Its address may hold a key.
        details = str(error).replace(self._server.url, "…")
        log.warning("the tool server %s: %s: %s", name, type(error).__name__, details)
        return ToolFailed(f"The tool server {name} cannot be reached or does not make sense.")


async def _list(client: Client) -> list[ListedTool]:
    found: list[ListedTool] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        found += page.tools
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _to_text(result: CallToolResult) -> str:
    """Give what can be read of a result.

    Raises:
        ToolFailed: the tool itself says that it failed.
    """
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    unread = len(result.content) - len(texts)
    if unread:
        texts.append(f"[{unread} parts that are no text are left out]")
    elif not texts and result.structured_content is not None:
        texts = [json.dumps(result.structured_content, ensure_ascii=False)]
    text = "\n".join(texts)
    if result.is_error:
        raise ToolFailed(text or "The tool does not say why.")
    return text
