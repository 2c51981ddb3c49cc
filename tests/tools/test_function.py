"""A typed function with a docstring is a tool."""

from __future__ import annotations

import pytest

from services.errors import ToolFailed
from services.tools.base import Caller
from services.tools.function import tool_of

ADA = Caller("ada")


def greet(caller: Caller, name: str, times: int = 1, loud: bool = False) -> str:
    """Greet somebody.

    Use it in the morning.

    Args:
        caller: who asks.
        name: Of the person,
            as written.
        times: How often.
        loud: Whether to shout.

    Returns:
        The greeting.
    """
    words = f"{caller.user_id} greets {name}" * times
    return words.upper() if loud else words


def test_its_docstring_and_types_make_the_schema():
    tool = tool_of(greet, name="greet", title="Greeting")

    assert tool.to_session() == {
        "type": "function",
        "name": "greet",
        "description": "Greet somebody. Use it in the morning.",
        "parameters": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "Of the person, as written."},
                "times": {"type": "integer", "description": "How often.", "default": 1},
                "loud": {"type": "boolean", "description": "Whether to shout.", "default": False},
            },
            "required": ["name"],
            "additionalProperties": False,
        },
    }


def test_it_is_run_with_what_the_model_gives_and_who_asks():
    tool = tool_of(greet, name="greet", title="Greeting")

    assert tool.run({"name": "Ben"}, ADA) == "ada greets Ben"
    assert tool.run({"name": "Ben", "loud": True}, ADA) == "ADA GREETS BEN"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({}, "name"),
        ({"name": 7}, "name"),
        ({"name": "Ben", "times": "3"}, "times"),
        ({"name": "Ben", "caller": {"user_id": "ben"}}, "caller"),
        ({"name": "Ben", "more": 1}, "more"),
    ],
)
def test_what_cannot_be_used_is_named(arguments, named):
    tool = tool_of(greet, name="greet", title="Greeting")

    with pytest.raises(ToolFailed, match=f"cannot be used: {named}"):
        tool.run(arguments, ADA)
