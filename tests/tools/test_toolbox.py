"""All tools of a server."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from services.errors import NotFound
from services.tool_config import TOOL_NAMES
from services.tools.base import Caller, Tool
from services.tools.catalog import make_toolbox
from services.tools.runner import ToolRunner
from services.tools.toolbox import ToolBox

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What providers take."""


def tool(name: str, says: str = "done", **more) -> Tool:
    return Tool(name, name.title(), name, {"type": "object"}, lambda *_: says, **more)


def test_every_tool_that_is_built_in_can_be_had():
    box = make_toolbox(TOOL_NAMES, (), lambda: datetime.now(UTC), lambda *_: [])

    assert tuple(tool.name for tool in box.all()) == TOOL_NAMES
    for described in (tool.to_session() for tool in box.all()):
        assert NAME.fullmatch(str(described["name"]))
        assert set(described) == {"type", "name", "description", "parameters"}
        assert described["description"]
        parameters = described["parameters"]
        assert isinstance(parameters, dict) and parameters["type"] == "object"
        assert all("description" in each for each in parameters["properties"].values())


def test_only_what_the_operator_names_is_on_offer():
    box = make_toolbox(("clock",), (), lambda: datetime.now(UTC), lambda *_: [])

    assert [tool.to_page() for tool in box.all()] == [
        {"name": "clock", "title": "Clock", "needs_approval": False}
    ]
    with pytest.raises(NotFound):
        box.find("calculator")


def test_remote_tools_stand_beside_the_others_and_never_in_their_place():
    remote = [tool("clock", "wrong"), tool("wall__note", needs_approval=True)]
    box = ToolBox([tool("clock", "right")], [lambda: remote], ToolRunner())

    assert [each.name for each in box.all()] == ["clock", "wall__note"]
    assert box.find("wall__note").needs_approval
    assert box.run(box.find("clock"), {}, Caller("ada")).output == "right"
