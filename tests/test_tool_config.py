"""`TOOLS` and `MCP_SERVERS`."""

from __future__ import annotations

import json

import pytest

from services.environment import Environment
from services.tool_config import TOOL_NAMES, McpServer, read_mcp_servers, read_tools

WIKI = {"server_label": "wiki", "server_url": "https://wiki.example.org/mcp"}


def servers(*entries: object) -> tuple[tuple[McpServer, ...], list[str]]:
    env = Environment({"MCP_SERVERS": json.dumps(entries)})
    return read_mcp_servers(env), env.problems


@pytest.mark.parametrize(
    ("value", "names"),
    [("", TOOL_NAMES), ("none", ()), ("search, clock", ("clock", "search"))],
)
def test_tools_are_chosen_by_name(value, names):
    env = Environment({"TOOLS": value})

    assert read_tools(env) == names
    assert env.problems == []


def test_a_tool_that_is_not_there_is_named():
    env = Environment({"TOOLS": "clock,weather"})

    read_tools(env)

    assert len(env.problems) == 1 and "'weather'" in env.problems[0]


def test_a_server_needs_a_label_and_an_address_and_is_not_trusted():
    assert servers(WIKI) == ((McpServer("wiki", "https://wiki.example.org/mcp"),), [])
    assert servers(WIKI)[0][0].needs_approval


def test_a_server_has_headers_a_key_and_limits():
    more = {
        "authorization": "s3cret",
        "headers": {"X-Team": "blue"},
        "allowed_tools": ["find"],
        "require_approval": "never",
    }
    (server,), problems = servers(WIKI | more)

    assert problems == []
    assert server.headers == {"X-Team": "blue", "Authorization": "Bearer s3cret"}
    assert (server.allowed_tools, server.needs_approval) == (("find",), False)
    assert "s3cret" not in repr(server)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("wiki", "must look like"),
        ({"server_url": "https://a.example"}, "server_label"),
        (WIKI | {"server_label": "a b"}, "server_label"),
        (WIKI | {"server_url": "file:///etc/passwd"}, "server_url"),
        (WIKI | {"server_url": "https://"}, "server_url"),
        (WIKI | {"headers": {"X": 1}}, "headers"),
        (WIKI | {"authorization": 7}, "authorization"),
        (WIKI | {"allowed_tools": "find"}, "allowed_tools"),
        (WIKI | {"require_approval": "sometimes"}, "require_approval"),
        (WIKI | {"secret": "s3cret"}, "no field secret"),
    ],
)
def test_what_is_wrong_is_said_without_what_may_be_secret(entry, said):
    found, problems = servers(entry)

    assert found == ()
    assert len(problems) == 1 and problems[0].startswith("MCP_SERVERS: ") and said in problems[0]
    assert "s3cret" not in problems[0]


def test_two_servers_cannot_have_one_label():
    assert "label 'wiki'" in servers(WIKI, WIKI)[1][0]


def test_servers_may_stand_in_a_file(tmp_path):
    file = tmp_path / "servers.json"
    file.write_text(json.dumps([WIKI]), encoding="utf-8")

    assert len(read_mcp_servers(Environment({"MCP_SERVERS_FILE": str(file)}))) == 1
