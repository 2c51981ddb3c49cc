"""The route by which the page runs what the model called."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from services.tools.base import Tool
from services.tools.runner import OUTPUT_BYTES, ToolRunner
from services.tools.toolbox import ToolBox
from tests.web.visitor import Visitor, problem_of


def use(visitor: Visitor, session: dict, name: str, **fields: object):
    body = {"call_id": session["call_id"]} | fields
    return visitor.post(f"/api/realtime/tools/{name}", body)


@pytest.fixture
def offer(app) -> Callable[..., None]:
    """Puts tools of a test's own into the program."""

    def offer(*tools: Tool, seconds: float = 10) -> None:
        parts = app.extensions["vivavoce"]
        box = ToolBox(tools, (), ToolRunner(seconds))
        app.extensions["vivavoce"] = replace(parts, tools=box)

    return offer


def tool(name: str, work: Callable[..., object], **more) -> Tool:
    return Tool(name, name.title(), name, {"type": "object"}, work, **more)


def test_a_session_lists_the_tools_for_the_model_and_for_the_page(ada, engine):
    session = ada.mint()

    assert [each["name"] for each in engine.sessions[0]["tools"]] == [
        "clock",
        "calculator",
        "search",
    ]
    assert session["tools"][1] == {
        "name": "calculator",
        "title": "Calculator",
        "needs_approval": False,
    }


def test_without_tools_a_session_says_nothing_of_them(make_app, engine):
    session = Visitor(make_app(tools=())).mint()

    assert session["tools"] == []
    assert "tools" not in engine.sessions[0]


@pytest.mark.parametrize("arguments", [{"expression": "6 * 7"}, '{"expression": "6 * 7"}'])
def test_a_tool_gives_its_output(ada, arguments):
    answer = use(ada, ada.mint(mode="text"), "calculator", arguments=arguments)

    assert answer.status_code == 200
    assert answer.get_json() == {"output": "42", "failed": False}


def test_the_clock_knows_where_the_person_is(ada, clock):
    answer = use(ada, ada.mint(), "clock", time_zone="Asia/Tokyo")

    assert '"time_zone": "Asia/Tokyo"' in answer.get_json()["output"]


def test_a_failure_is_an_output_too(ada):
    session = ada.mint()

    for arguments in ("{", {"expression": "1/0"}, {}):
        found = use(ada, session, "calculator", arguments=arguments).get_json()
        assert found["failed"] and found["output"].startswith("That did not work.")


def test_a_search_finds_ones_own_words_of_other_conversations_only(ada, ben):
    mine, other = ada.mint(), ben.mint()
    ada.say(mine["conversation_id"], "My dog is called Rex")
    ben.say(other["conversation_id"], "My dog is a secret")
    now = ada.mint()
    ada.say(now["conversation_id"], "What is my dog called?")

    output = use(ada, now, "search", arguments={"query": "dog"}).get_json()["output"]

    assert "Rex" in output
    assert "secret" not in output and "What is" not in output


def test_somebody_elses_call_an_unknown_tool_and_a_call_that_is_over_are_refused(ada, ben):
    session = ada.mint()

    problem_of(use(ben, session, "clock"), 404, "not-found")
    problem_of(use(ada, session, "weather"), 404, "not-found")
    problem_of(use(ada, {"call_id": "x"}, "clock"), 404, "not-found")
    problem_of(ada.post("/api/realtime/tools/clock", {}), 422, "invalid-field")
    problem_of(use(ada, session, "clock", arguments=[1]), 422, "invalid-field")
    ada.delete(session["calls_url"])
    problem_of(use(ada, session, "clock"), 410, "call-ended")


def test_a_page_of_somebody_else_cannot_run_a_tool(ada):
    answer = ada.client.post(
        "/api/realtime/tools/clock",
        json={"call_id": ada.mint()["call_id"]},
        headers={"Origin": "https://elsewhere.example"},
    )

    problem_of(answer, 403, "origin-refused")


def test_a_tool_that_needs_approval_is_not_run_without_it(ada, offer):
    ran = []

    def send(*_: object) -> str:
        ran.append(1)
        return "sent"

    offer(tool("send", send, needs_approval=True))
    session = ada.mint()
    assert session["tools"][0]["needs_approval"]

    for approved in (None, False, "true", 1):
        problem_of(use(ada, session, "send", approved=approved), 403, "approval-needed")
    assert ran == []
    assert use(ada, session, "send", approved=True).get_json()["output"] == "sent"


def test_a_tool_that_hangs_or_says_too_much_still_gives_one_output(ada, offer):
    over = threading.Event()
    offer(tool("hang", lambda *_: over.wait(30)), seconds=0.1)
    session = ada.mint()

    assert "took longer" in use(ada, session, "hang").get_json()["output"]
    over.set()
    offer(tool("shout", lambda *_: "a" * 1_000_000))
    output = use(ada, session, "shout").get_json()["output"]
    assert len(output.encode()) <= OUTPUT_BYTES and "[cut" in output
