"""Chooses the tools by name; a new tool is a new line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from services.tool_config import McpServer
from services.tools.base import Tool
from services.tools.calculator import make_calculator
from services.tools.clock import make_clock
from services.tools.runner import ToolRunner
from services.tools.search import Find, make_search
from services.tools.toolbox import Source, ToolBox


def make_toolbox(
    names: Sequence[str], servers: Sequence[McpServer], now: Callable[[], datetime], find: Find
) -> ToolBox:
    """Make the tools of these names and the sources of the remote ones.

    Args:
        names: of built-in tools.
        servers: remote servers.
        now: gives the time in UTC.
        find: looks for words in somebody's own conversations.
    """
    makers: dict[str, Callable[[], Tool]] = {
        "clock": lambda: make_clock(now),
        "calculator": make_calculator,
        "search": lambda: make_search(find),
    }
    return ToolBox([makers[name]() for name in names], _remote(servers), ToolRunner())


def _remote(servers: Sequence[McpServer]) -> list[Source]:
    if not servers:
        return []
    # Imported only where it is wanted: it takes longer to load than all the rest.
    from services.tools.remote import RemoteServer
    from services.tools.remote_list import RemoteList

    return [RemoteList(server.label, RemoteServer(server).list_tools) for server in servers]
