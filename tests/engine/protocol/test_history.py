"""What the model reads of a conversation."""

from __future__ import annotations

from services.engine.protocol import responses
from services.engine.protocol.history import UNANSWERED
from tests.engine.protocol.conversing import Conversing


def test_a_function_call_is_read_with_its_output_or_with_the_word_that_there_is_none_yet():
    talk = Conversing()
    for item in (
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Time?"}]},
        {"type": "function_call", "call_id": "c1", "name": "clock", "arguments": "{}"},
        {"type": "function_call", "call_id": "c2", "name": "clock", "arguments": "{}"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Well?"}]},
        {"type": "function_call_output", "call_id": "c2", "output": "noon"},
    ):
        talk.send(type="conversation.item.create", item=item)

    messages = responses.prompt_so_far(talk.session).messages[-6:]

    assert [(message.role, message.tool_call_id) for message in messages] == [
        ("user", None), ("assistant", None), ("tool", "c1"), ("user", None),
        ("assistant", None), ("tool", "c2"),
    ]  # fmt: skip
    assert [message.text for message in messages if message.role == "tool"] == [UNANSWERED, "noon"]
    assert messages[1].tool_calls[0].call_id == "c1"
