"""All tools that the model may call on this server."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.errors import NotFound
from services.tools.base import Caller, Tool
from services.tools.runner import Outcome, ToolRunner

Source = Callable[[], Sequence[Tool]]
"""Gives the tools that it knows now, soon and without raising."""


class ToolBox:
    """Knows the tools, and runs them; one for the process."""

    def __init__(self, tools: Sequence[Tool], remote: Sequence[Source], runner: ToolRunner) -> None:
        """Offer these tools, and whatever the sources know."""
        self._tools = tuple(tools)
        self._remote = tuple(remote)
        self._runner = runner

    def all(self) -> tuple[Tool, ...]:
        """Give every tool; of two with the same name the first."""
        found = {tool.name: tool for tool in self._tools}
        for source in self._remote:
            for tool in source():
                found.setdefault(tool.name, tool)
        return tuple(found.values())

    def find(self, name: str) -> Tool:
        """Find a tool.

        Raises:
            NotFound: there is none of this name.
        """
        for tool in self.all():
            if tool.name == name:
                return tool
        raise NotFound("There is no such tool on this server.")

    def run(self, tool: Tool, arguments: object, caller: Caller) -> Outcome:
        """Run a tool; this never raises."""
        return self._runner.run(tool, arguments, caller)
