"""What a remote server offers is kept, and no call waits for it twice."""

from __future__ import annotations

import threading

import pytest

from services.errors import ToolFailed
from services.tools.base import Tool
from services.tools.remote_list import FRESH_SECONDS, RETRY_SECONDS, RemoteList


def tool(name: str) -> Tool:
    return Tool(name, name, name, {"type": "object"}, lambda *_: "done")


class Server:
    """Answers what a test puts into it, and counts."""

    def __init__(self, *answers: list[Tool] | Exception) -> None:
        self.answers = list(answers)
        self.now = 100.0
        self.list = RemoteList("wall", self.ask, lambda: self.now)

    def ask(self) -> list[Tool]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def names(self) -> list[str]:
        return [tool.name for tool in self.list()]

    def wait(self, *, seconds: float) -> None:
        """Let time pass, ask, and wait for the answer."""
        self.now += seconds
        self.list()
        for thread in threading.enumerate():
            if thread.name == "mcp-wall":
                thread.join()


def test_the_first_call_waits_for_the_list_and_later_ones_take_it():
    server = Server([tool("a")])

    assert server.names() == ["a"]
    assert server.names() == ["a"]
    assert server.answers == []


def test_an_old_list_is_asked_for_again_beside_the_call_that_takes_it():
    server = Server([tool("a")], [tool("a"), tool("b")])
    server.names()

    server.wait(seconds=FRESH_SECONDS + 1)

    assert server.names() == ["a", "b"]


@pytest.mark.parametrize("failure", [ToolFailed("It is not there."), RuntimeError("a mistake")])
def test_a_server_that_fails_is_asked_again_soon_and_what_is_known_stays(failure):
    server = Server([tool("a")], failure, [tool("b")])
    server.names()

    server.wait(seconds=FRESH_SECONDS + 1)
    assert server.names() == ["a"]
    server.wait(seconds=RETRY_SECONDS + 1)

    assert server.names() == ["b"]


def test_a_server_that_never_answered_has_no_tools():
    assert Server(ToolFailed("It is not there.")).names() == []
