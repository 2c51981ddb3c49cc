"""Remote tools, against a real server of the official package."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from services.errors import ToolFailed
from services.tool_config import McpServer
from services.tools.base import Caller, Tool
from services.tools.remote import RemoteServer
from services.tools.runner import OUTPUT_BYTES, ToolRunner
from tests.tools.mcp_server import TOKEN, RunningMcpServer

ADA = Caller("ada")


@pytest.fixture(scope="module", params=[{}, {"json_response": True, "stateless_http": True}])
def server(request) -> Iterator[RunningMcpServer]:
    with RunningMcpServer(**request.param) as running:
        yield running


def remote(url: str, seconds: float = 9.5, **more) -> RemoteServer:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return RemoteServer(McpServer("wall", url, **{"headers": headers} | more), seconds)


def tool_of(url: str, name: str, **more) -> Tool:
    return next(tool for tool in remote(url, **more).list_tools() if tool.name == f"wall__{name}")


def test_its_tools_are_listed_with_their_schemas(server):
    tool = tool_of(server.url, "weather")

    assert (tool.title, tool.description) == ("Weather (wall)", "Tell the weather of a city.")
    assert tool.parameters["type"] == "object"
    assert tool.parameters["required"] == ["city"]
    assert tool.needs_approval


def test_the_operator_may_allow_some_of_them_and_trust_a_server(server):
    tools = remote(server.url, allowed_tools=("weather",), needs_approval=False).list_tools()

    assert [tool.name for tool in tools] == ["wall__weather"]
    assert not tools[0].needs_approval


def test_a_tool_gives_text_or_what_json_can_say(server):
    assert tool_of(server.url, "weather").run({"city": "Bern"}, ADA) == "It rains in Bern."
    assert '"day 1": 21' in str(tool_of(server.url, "forecast").run({"days": 2}, ADA))


def test_a_tool_that_fails_says_why(server):
    with pytest.raises(ToolFailed, match="frozen|broken"):
        tool_of(server.url, "broken").run({}, ADA)


def test_a_tool_that_does_not_exist_any_more_or_is_called_wrongly_fails(server):
    weather = tool_of(server.url, "weather")

    with pytest.raises(ToolFailed):
        weather.run({"town": "Bern"}, ADA)


def test_a_megabyte_is_cut(server):
    outcome = ToolRunner().run(tool_of(server.url, "megabyte"), {}, ADA)

    assert not outcome.failed
    assert outcome.output.startswith("All work")
    assert len(outcome.output.encode()) <= OUTPUT_BYTES


def test_a_tool_that_takes_a_minute_is_given_up(server, monkeypatch):
    wall = remote(server.url)
    minute = next(tool for tool in wall.list_tools() if tool.name == "wall__minute")
    monkeypatch.setattr(wall, "_seconds", 1.0)  # the list may take as long as it usually may
    began = time.monotonic()

    with pytest.raises(ToolFailed, match="did not answer within 1 seconds"):
        minute.run({}, ADA)
    assert time.monotonic() - began < 10


def test_without_the_key_it_is_refused(server):
    with pytest.raises(ToolFailed, match="wall") as failed:
        remote(server.url, headers={"Authorization": "Bearer wrong-456"}).list_tools()
    assert "wrong-456" not in str(failed.value)


def test_a_server_that_is_not_there_fails_in_words():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    with pytest.raises(ToolFailed, match="cannot be reached"):
        remote(f"http://127.0.0.1:{port}/mcp").list_tools()
